import '@fontsource-variable/inter/wght.css';
import './kit/styles/tokens.css';
import './kit/styles/base.css';
import './kit/styles/controls.css';
import './kit/styles/dialog.css';
import { mount } from 'svelte';
import { pickHost } from './host';
import App from './shell/App.svelte';
import { connect } from './state/core.svelte';

connect(pickHost());
const target = document.getElementById('app');
if (target) mount(App, { target });
