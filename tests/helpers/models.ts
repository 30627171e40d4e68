/** Where the tests' models are installed: CPW_MODELS_DIR, or the default store. */
export const modelsDir: { readonly modelsDir?: string } = process.env['CPW_MODELS_DIR']
  ? { modelsDir: process.env['CPW_MODELS_DIR'] }
  : {};
