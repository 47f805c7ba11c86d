/* What JupyterLab 4 and Notebook 7 load: a Module Federation container, written by hand, so that nothing has to be built.
   The page calls init() with the packages that it shares, then get('./extension') for the plugins. */
(() => {
  const NAME = 'dslc';
  const here = document.currentScript.src;
  let scope;

  /* A package of the page's own: the one that it uses already, where another extension brings a second version. */
  async function shared(name) {
    const versions = Object.values(scope[name] ?? {});
    const chosen = versions.find(one => one.loaded) ?? versions[0];
    if (!chosen) throw new Error(`${NAME}: the page does not share ${name}`);
    return (await chosen.get())();
  }

  async function get(module) {
    if (module !== './extension') throw new Error(`${NAME}: there is no module ${module}`);
    const { plugins } = await import(new URL('plugins.js', here));
    const found = await plugins(shared);
    return () => ({ __esModule: true, default: found });
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB[NAME] = { init: shareScope => { scope = shareScope; }, get };
})();
