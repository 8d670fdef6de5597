import { mount } from 'svelte';
import './lib/i18n/cloud';
import { i18n } from './lib/i18n/i18n.svelte';
import './lib/i18n/service';
import './lib/i18n/venue';
import './lib/ui/managerIcons';
import './lib/ui/serviceIcons';
import Cloud from './routes/cloud/Cloud.svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/select.css';

await i18n.restore();
const target = document.getElementById('app')!;
target.replaceChildren();
mount(Cloud, { target });
