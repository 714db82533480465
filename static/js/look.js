// How the embedding is shown: what can be chosen, by name, the usual one first. Colours are also those that the images bring.
export const LOOK = {
  projection: { sphere: 'Sphere', pca: 'PCA', tsne: 't-SNE', umap: 'UMAP' },
  of: { z: 'z, projections', h: 'h, representations' },
  colour: { class: 'class' },
  as: { markers: 'markers', pictures: 'pictures' },
  show: { 1000: '1,000', 2000: '2,000', 5000: '5,000', 10000: '10,000' },
  pairs: { none: 'hidden', springs: 'springs', forces: 'forces' },
};

// USUAL is what is chosen at first.
export const USUAL = Object.freeze(Object.fromEntries(Object.entries(LOOK).map(([key, names]) => [key, Object.keys(names)[0]])));
