/** One picture of a screen. */
export interface Shot {
  file: string;
  screen: string;
  state: string;
  size: string;
}

const STYLE = `
  body { margin: 24px; background: #ddd; color: #111; font: 15px system-ui, sans-serif; }
  nav { display: flex; flex-wrap: wrap; gap: 12px; margin-block-end: 24px; }
  section { margin-block: 32px; }
  div { display: flex; flex-wrap: wrap; gap: 16px; align-items: start; }
  figure { margin: 0; }
  img { display: block; block-size: 320px; border: 1px solid #999; background: #fff; }
  figcaption { max-inline-size: 480px; padding-block: 4px; font-size: 12px; overflow-wrap: anywhere; }
`;

/** A page with all pictures, screen by screen. */
export function contactSheet(shots: Shot[]): string {
  const screens = [...new Set(shots.map((shot) => shot.screen))];
  const links = screens.map((screen) => `<a href="#${idOf(screen)}">${screen}</a>`).join('\n');
  const sections = screens.map((screen) =>
    section(
      screen,
      shots.filter((shot) => shot.screen === screen),
    ),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Maitred, every screen</title>
<style>${STYLE}</style>
<h1>Every screen</h1>
<nav>${links}</nav>
${sections.join('\n')}
</html>
`;
}

const idOf = (screen: string) => screen.replaceAll(' ', '-');

const section = (screen: string, shots: Shot[]) => `<section id="${idOf(screen)}">
<h2>${screen}</h2>
<div>
${shots.map(figure).join('\n')}
</div>
</section>`;

const figure = ({ file }: Shot) =>
  `<figure><a href="${file}"><img loading="lazy" src="${file}" alt=""></a><figcaption>${file}</figcaption></figure>`;
