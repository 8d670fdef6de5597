import { mount } from 'svelte';
import App from './App.svelte';
import { session } from './lib/session/session.svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';

session.restore();
mount(App, { target: document.getElementById('app')! });
