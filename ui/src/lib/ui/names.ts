/** Two letters to know a person by. */
export const initials = (name: string) =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toLocaleUpperCase())
    .join('');

/** What somebody is called across a dining room. */
export const firstName = (name: string) => name.split(' ')[0] ?? name;
