/** The grid of the product, with everything around it that belongs to the page: bar, heads, legend. */
import '../../../ui/node_modules/@fontsource-variable/inter/wght.css';
import '../../../ui/src/kit/styles/tokens.css';
import '../../../ui/src/kit/styles/base.css';
import '../../../ui/src/kit/styles/controls.css';
import { mount, unmount } from 'svelte';
import Ours from './Ours.svelte';

export const ours = (focusWeek) => (target, first) => {
  const page = mount(Ours, { target, props: { first, focusWeek } });
  return { next: (view) => page.show(view), columns: () => target.querySelectorAll('.lane').length, drawn: () => target.querySelectorAll('[data-id]').length, end: () => unmount(page) };
};
