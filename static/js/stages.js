// The stages of a step, as the trainer names them (core/train/stage.go): what each is called, and the stage of the experiment
// that it belongs to.
export const STAGES = {
  epoch: { title: 'Before the epoch', of: 'algorithm' },
  views: { title: 'Views', of: 'views' },
  encoder: { title: 'Encoder', of: 'encoder' },
  head: { title: 'Head', of: 'encoder' },
  momentum: { title: 'Momentum encoder', of: 'algorithm' },
  text: { title: 'Text encoder', of: 'algorithm' },
  loss: { title: 'Loss', of: 'algorithm' },
  backward: { title: 'Gradients', of: 'algorithm' },
  optimiser: { title: 'Optimiser', of: 'optimiser' },
  'after-step': { title: 'After the step', of: 'algorithm' },
};
