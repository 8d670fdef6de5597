export type ThemeName = 'light' | 'dark' | 'auto';

const STORED_AS = 'maitred.theme';

class Theme {
  name = $state<ThemeName>((localStorage.getItem(STORED_AS) as ThemeName | null) ?? 'auto');

  use(name: ThemeName): void {
    this.name = name;
    localStorage.setItem(STORED_AS, name);
  }
}

export const theme = new Theme();
