// The floors of the house. Imports only go down: generated, words -> host, kit -> state -> features -> shell -> main.
const floor = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    floor('no-circle', {}, { circular: true }, 'A circle means two modules are one.'),
    floor('generated-is-the-ground', { path: '^src/generated' }, { path: '^src/(words|host|kit|state|features|shell)' }, 'Generated types know nothing.'),
    floor('words-know-words', { path: '^src/words' }, { path: '^src/(host|kit|state|features|shell)' }, 'Texts know nothing of the screens.'),
    floor('host-is-low', { path: '^src/host' }, { path: '^src/(words|kit|state|features|shell)' }, 'The host only carries.'),
    floor('kit-is-low', { path: '^src/kit' }, { path: '^src/(host|state|features|shell)' }, 'The kit draws what it is given.'),
    floor('state-is-low', { path: '^src/state' }, { path: '^src/(features|shell)' }, 'State opens dialogs as data only.'),
    floor('features-know-no-shell', { path: '^src/features' }, { path: '^src/shell' }, 'The shell arranges the features.'),
    floor('features-are-apart', { path: '^src/features/([^/]+)/' }, { path: '^src/features/([^/]+)/', pathNot: '^src/features/$1/' }, 'One feature never imports another.'),
    floor('tauri-only-in-host', { path: '^src', pathNot: '^src/host/' }, { path: '@tauri-apps' }, 'Only the host knows Tauri.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['svelte', 'browser', 'import', 'default'], extensions: ['.ts', '.svelte', '.js', '.svelte.ts'] },
  },
};
