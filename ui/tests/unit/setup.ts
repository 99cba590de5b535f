import '@testing-library/jest-dom/vitest';

// jsdom lays nothing out, so there is nothing to scroll. The words' own test runs without a document.
if (typeof Element !== 'undefined') Element.prototype.scrollIntoView = () => undefined;
