import { mount } from 'svelte';
import App from './App.svelte';
import { outbox } from './lib/live/outbox.svelte';
import { session } from './lib/session/session.svelte';
import { toasts } from './lib/ui/toasts.svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';

session.restore();
if (session.current) outbox.resume((error) => toasts.problem(error));
mount(App, { target: document.getElementById('app')! });
