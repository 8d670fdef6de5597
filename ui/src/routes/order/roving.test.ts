import { describe, expect, it } from 'vitest';
import { nearest, roving } from './roving';

/** Three columns and two rows, the last row with one tile only. */
const grid = [
  { x: 0, y: 0 },
  { x: 100, y: 0 },
  { x: 200, y: 0 },
  { x: 0, y: 100 },
];

describe('the arrow keys', () => {
  it('go_to_the_neighbour_on_the_glass', () => {
    expect(nearest(grid, 0, [1, 0])).toBe(1);
    expect(nearest(grid, 2, [-1, 0])).toBe(1);
    expect(nearest(grid, 0, [0, 1])).toBe(3);
  });

  it('stay_where_there_is_nothing_further', () => {
    expect(nearest(grid, 2, [1, 0])).toBe(2);
    expect(nearest(grid, 0, [0, -1])).toBe(0);
  });

  it('from_above_a_short_row_go_to_its_nearest_tile', () => {
    expect(nearest(grid, 2, [0, 1])).toBe(3);
  });
});

describe('a roving list', () => {
  const list = () => {
    document.body.innerHTML = '<div><button>a</button><button>b</button><button>c</button></div>';
    const container = document.body.firstElementChild as HTMLElement;
    const leave = roving('button')(container);
    return { buttons: [...container.querySelectorAll('button')], leave };
  };

  it('is_one_stop_of_the_tab_key_and_remembers_where_it_was', () => {
    const { buttons, leave } = list();
    expect(buttons.map((one) => one.tabIndex)).toEqual([0, -1, -1]);
    buttons[1]!.focus();
    expect(buttons.map((one) => one.tabIndex)).toEqual([-1, 0, -1]);
    leave();
  });

  it('home_and_end_go_to_its_ends', () => {
    const { buttons, leave } = list();
    buttons[0]!.focus();
    buttons[0]!.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }));
    expect(document.activeElement).toBe(buttons[2]);
    leave();
  });
});
