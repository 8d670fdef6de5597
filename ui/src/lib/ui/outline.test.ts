import { describe, expect, it } from 'vitest';
import { icons, type IconName } from './icons';
import './managerIcons';
import './serviceIcons';
import { outline } from './outline';

describe('an icon', () => {
  it('is_one_path_whatever_shapes_it_is_made_of', () => {
    for (const name of Object.keys(icons) as IconName[]) {
      const shapes = icons[name]!;
      expect(outline(name).match(/M(?=[\d.])/g)!.length).toBeGreaterThanOrEqual(shapes.length);
      expect(outline(name)).not.toContain('NaN');
    }
  });

  it('that_does_not_come_with_this_screen_is_empty', () => {
    expect(outline('nothing' as IconName)).toBe('');
  });
});
