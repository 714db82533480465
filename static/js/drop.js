// The user's own images: files, folders or an archive, dropped anywhere on the page or chosen with a button. The trainer
// makes a data set of them, which the list of data sets then has; what it cannot use it tells, and the run goes on. A saved
// run may come that way, too.
import { measures } from './dataset.js';
import { html } from './elements.js';
import { count } from './names.js';

const MOST = 512 << 20;  // bytes of all files, which pass through memory
const MANY = 200_000;    // files
const NAME = 'yours';
const UNUSED = 'The files could not be used; everything is as it was.';
const AT_ONCE = 64;     // files that are read at the same time
const SIDES = [32, 48, 64, 96, 128];  // pixels, of the squares that images become

export class Drop {
  #reading = false;
  #gray = false;    // whether the last set is gray
  #suited = false;  // whether its views were chosen here

  // controls show the list of data sets; load(file) goes on with a saved run; say(text) tells what is going on,
  // fail(message, hint) what went wrong.
  constructor(run, controls, load, say, fail) {
    Object.assign(this, { run, controls, load, say, fail });
    const files = this.#input({ multiple: true }), folder = this.#input({ webkitdirectory: true });
    const button = (text, title, input) => {
      const b = html('button', { type: 'button', title }, text);
      b.addEventListener('click', () => input.click());
      return b;
    };
    this.side = html('select', { title: 'The size that your image files get: larger ones show more and take longer. Arrays keep theirs.' },
      ...SIDES.map(n => html('option', { value: n }, `${n}×${n} pixels`)));
    this.note = html('p', { class: 'quiet', 'aria-live': 'polite' }, 'Or drop files or a folder onto the page. Nothing leaves this machine.');
    this.fold = html('details', {}, html('summary', {}, 'Your own images'), html('div', { class: 'drop', role: 'group', 'aria-label': 'Your own images' },
      button('Your files…', 'Images, a zip or tar of images, a table with images or of pixels, idx files, batches of CIFAR, NumPy arrays', files),
      button('Your folder…', 'A folder of images, with or without a folder for each class', folder), files, folder, html('label', {}, 'resized to ', this.side), this.note));
    controls.stage('data').place.append(this.fold);
    run.addEventListener('pick', e => { if (e.detail === 'data') this.#suit(); });
    run.addEventListener('dataset', e => this.#take(e.detail));
    run.addEventListener('error', ({ detail }) => (detail.files || detail.fatal) && this.#end(UNUSED));
    addEventListener('dragover', e => { if (holdsFiles(e)) e.preventDefault(), document.body.classList.add('dropping'); });
    addEventListener('dragleave', e => { if (!e.relatedTarget) document.body.classList.remove('dropping'); });
    addEventListener('drop', e => {
      document.body.classList.remove('dropping');
      if (!holdsFiles(e)) return;
      e.preventDefault();
      const { files } = e.dataTransfer;
      if (isRun(files)) this.load(files[0]);
      else this.#read(dropped(e.dataTransfer));
    });
  }

  #input(kind) {
    const input = Object.assign(html('input', { type: 'file', hidden: true }), kind);
    input.addEventListener('change', () => {
      const files = [...input.files].map(file => ({ name: file.webkitRelativePath || file.name, file }));
      if (isRun(input.files)) this.load(input.files[0]);
      else if (files.length) this.#read(Promise.resolve(files));
      input.value = '';
    });
    return input;
  }

  // read takes a promise of [{name, file}].
  async #read(promise) {
    if (this.#reading) return this.fail('other files are being read', 'wait until they are');
    this.#reading = true;
    this.say('Reading your files…');
    try {
      const files = await promise;
      if (!files.length) return this.#refuse('there are no files in what was dropped', 'drop images, a folder of images or an archive');
      const sizes = await sizesOf(files), size = sizes.reduce((a, b) => a + b, 0);
      if (size > MOST) throw new Error(`these files have ${count(Math.round(size / 2 ** 20))} MB, more than the ${count(MOST >> 20)} MB that a page takes`);
      if (files.length > MANY) throw new Error(`these are ${count(files.length)} files, more than the ${count(MANY)} that a page takes`);
      const names = new TextEncoder().encode(files.map(f => f.name.replaceAll('\0', '')).join('\0'));
      const body = new Uint8Array(4 * files.length + names.length + size);
      body.set(new Uint8Array(Int32Array.from(sizes).buffer));
      body.set(names, 4 * files.length);
      await fill(body.subarray(4 * files.length + names.length), files, sizes, progress);
      if (!this.run.trainer.alive) this.run.start();
      this.run.send('files', { n: files.length, name_bytes: names.length, side: Number(this.side.value) }, body);
    } catch (e) {
      this.#refuse(e.message, 'take fewer or smaller files; the command reads sets of any size');
    }
  }

  #refuse(message, hint) {
    this.fail(message, hint);
    this.#end(UNUSED);
  }

  #end(text) {
    if (!this.#reading) return;
    this.#reading = false;
    progress(null);
    this.say(text);
  }

  // take makes the new data set the one to learn from.
  #take(set) {
    this.fold.open = true;  // for what there is to say of them
    this.#end('Your images are here.');
    const { run } = this, { settings } = run;
    const what = `${measures(set.train, set.test, set, set.classes?.length)}${set.classes ? '' : '; no labels, so accuracy is not shown'}`;
    this.controls.offer('data', { name: NAME, title: `Yours: ${set.title}`, help: what });
    const skipped = set.left_out ? ` Left out: ${count(set.left_out)}. ${set.skipped.join('; ')}${set.left_out > set.skipped.length ? '; …' : ''}.` : '';
    this.note.textContent = `${what}. ${(set.notes ?? []).join(' ')}${skipped}`;
    this.#gray = set.c === 1;
    run.pick('data', NAME);
    if (Number(settings.value('batch')) > set.train) run.set('batch', String(2 ** Math.floor(Math.log2(set.train))));
  }

  // suit has the views of the user's gray images be for such, unless others are chosen, and not stay so for other data.
  #suit() {
    const { run } = this, { settings } = run, gray = settings.data === NAME && this.#gray, chosen = settings.given.get('augment');
    if (gray && !chosen) run.set('augment', 'digits'), this.#suited = true;
    if (!gray && this.#suited) {
      if (chosen === 'digits') run.set('augment', String(settings.default('augment')));
      this.#suited = false;
    }
  }
}

// isRun tells whether files are one saved run, not images.
const isRun = files => files.length === 1 && files[0].name.endsWith('.safetensors');

// sizesOf returns the bytes of each file: a look at the disk each, so the page gets a turn now and then.
async function sizesOf(files) {
  const sizes = new Float64Array(files.length);
  for (let i = 0; i < files.length; i++) {
    sizes[i] = files[i].file.size;
    if (i % 100 === 99) await new Promise(done => setTimeout(done));
  }
  return sizes;
}

// fill reads the files, one behind the other, and tells the share that is done.
async function fill(body, files, sizes, tell) {
  let end = 0, next = 0;
  const places = Array.from(sizes, size => (end += size) - size);
  const read = async () => {
    for (let i; (i = next++) < files.length;) {
      const { name, file } = files[i];
      const content = await file.arrayBuffer().catch(() => null);
      if (content?.byteLength !== sizes[i]) {
        next = Infinity;  // for the others, too
        throw new Error(`${name} cannot be read`);
      }
      body.set(new Uint8Array(content), places[i]);
      if (next !== Infinity) tell((i + 1) / files.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
}

// progress shows a share, null for none.
function progress(share) {
  const bar = document.getElementById('download');
  bar.hidden = share == null;
  if (share != null) bar.value = share;
}

const holdsFiles = e => e.dataTransfer?.types.includes('Files');

// dropped lists the files of a drop, those in folders too, by their paths.
function dropped(transfer) {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);  // now: later the list is empty
  if (!entries.length) return Promise.resolve([...transfer.files].map(file => ({ name: file.name, file })));
  return (async () => {
    const files = [];
    for (const entry of entries) await walk(entry, files);
    return files;
  })();
}

async function walk(entry, files) {
  if (files.length > MANY) return;
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, () => fail(new Error(`${path} cannot be read`))));
    files.push({ name: path, file });
    return;
  }
  const reader = entry.createReader();
  for (;;) {  // a hundred at a time
    const some = await new Promise((done, fail) => reader.readEntries(done, () => fail(new Error(`${path} cannot be listed`))));
    if (!some.length) return;
    for (const e of some) await walk(e, files);
  }
}
