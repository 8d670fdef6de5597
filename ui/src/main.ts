import { mount } from 'svelte';
import App from './App.svelte';
import { i18n } from './lib/i18n/i18n.svelte';
import { outbox } from './lib/live/outbox.svelte';
import { saidOf } from './lib/live/said';
import { keepApp } from './lib/live/worker';
import { session } from './lib/session/session.svelte';
import { toasts } from './lib/ui/toasts.svelte';
import { stations } from './routes/stations';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';

outbox.onRefused = ({ about, refused }) => toasts.add('red', saidOf(about), refused?.detail);
await Promise.all([i18n.restore(), session.restore(), outbox.start()]);
mount(App, { target: document.getElementById('app')! });
void keepApp(Object.values(stations));
