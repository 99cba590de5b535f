import '@fontsource-variable/inter/wght.css';
import '../../src/kit/styles/tokens.css';
import '../../src/kit/styles/base.css';
import '../../src/kit/styles/controls.css';
import '../../src/kit/styles/dialog.css';
import { mount, type Component } from 'svelte';
import Sprite from '../../src/kit/Sprite.svelte';

// ?show=<name>&theme=dark
const wanted = new URLSearchParams(location.search);
document.documentElement.dataset['theme'] = wanted.get('theme') ?? 'light';
const pages = import.meta.glob<{ default: Component }>('./*.svelte');
const target = document.getElementById('app');
if (target) {
  mount(Sprite, { target });
  const page = pages[`./${wanted.get('show') ?? 'Calendar'}.svelte`];
  if (page) {
    document.documentElement.style.blockSize = '100%';
    target.style.blockSize = '100%';
    mount((await page()).default, { target });
  }
}
