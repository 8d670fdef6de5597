import { mount } from 'svelte';
import App from './App.svelte';
import { HERE } from './lib/api/hubs.svelte';
import { terminal } from './lib/api/terminal.svelte';
import { i18n } from './lib/i18n/i18n.svelte';
import { refusalWords } from './lib/i18n/refusal';
import { outbox } from './lib/live/outbox.svelte';
import { saidOf } from './lib/live/said';
import { keepApp } from './lib/live/worker';
import { router } from './lib/router/router.svelte';
import { session } from './lib/session/session.svelte';
import { toasts } from './lib/ui/toasts.svelte';
import { signIn, stationAt, stations } from './routes/stations';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';

outbox.onRefused = ({ about, refused }) => {
  const why = refused && refusalWords(refused);
  toasts.add('red', saidOf(about), why?.detail || why?.title);
};

/** The file of what will be shown comes while the device remembers; what fails here is tried again by the page. */
function pageAhead(): Promise<unknown> {
  const station = stationAt(router.segments);
  const load = station && session.isRemembered ? stations[station] : signIn;
  return load().catch(() => undefined);
}

/** A paired screen asks the hub who it is meanwhile; one that does not say is asked again by whatever is sent first. */
void terminal.meet(HERE).catch(() => undefined);
await Promise.all([pageAhead(), i18n.restore(), session.restore(), outbox.start()]);
const target = document.getElementById('app')!;
target.replaceChildren();
mount(App, { target });
void keepApp(Object.values(stations));
