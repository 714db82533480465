// Convolutions, channels-last. No patch is ever copied: in an image with its padding around it, which is called a canvas
// here, the patch of an output pixel is a few runs of adjacent numbers, one for each row of the kernel. A canvas holds
// just the lines that a block of output rows needs.
#include "kernel.h"

// A grid of places in an image, and the patch of kh x kw pixels that each of them sees.
typedef struct {
  int h, w, c;        // image
  int top, left;      // place (0, 0) sees the image from (-top, -left) on
  int kh, kw, stride;
  int gh, gw;         // places
  int band;           // rows of places in a block; a row is a block of its own if it has many places
} Grid;

INLINE int canvas_width(const Grid *g) { return (g->gw - 1) * g->stride + g->kw; }

// draw copies the lines of image x that `rows` rows of places see, from row q on, with zeros around.
static void draw(float *canvas, const Grid *g, const float *x, int q, int rows) {
  int width = canvas_width(g) * g->c, line = g->w * g->c, left = g->left * g->c;
  int from = left > 0 ? left : 0, to = min(left + line, width);  // what the image covers
  if (from > to) from = to = width;
  for (int i = q * g->stride - g->top, end = i + (rows - 1) * g->stride + g->kh; i < end; i++, canvas += width) {
    if (i < 0 || i >= g->h) {
      EACH for (int j = 0; j < width; j++) canvas[j] = 0;
      continue;
    }
    const float *src = x + i * line - left;
    for (int j = 0; j < from; j++) canvas[j] = 0;
    EACH for (int j = from; j < to; j++) canvas[j] = src[j];
    for (int j = to; j < width; j++) canvas[j] = 0;
  }
}

// ---- forward, and the gradient of the input ---------------------------------------------------------------------------

typedef struct {
  POINTER(const float, x);  // [n, h, w, c]
  POINTER(const float, b);  // kernel [kh kw c, n], packed
  POINTER(float, y);        // of place (0, 0) in the first image
  Grid g;
  int n;                                     // columns of b
  int image_step, row_step, place_step;      // of y
  int add;
} Correlate;

// advance moves all rows on.
static void advance(const float **row, int rows, int by) {
  for (int r = 0; r < rows; r++) row[r] += by;
}

// correlate computes y for the rows of places lo to hi-1, counted through all images.
void correlate(int lo, int hi, Scratch *s, const Correlate *c) {
  const Grid *g = &c->g;
  int run = g->kw * g->c, depth = g->kh * run, size = g->h * g->w * g->c, width = canvas_width(g);
  int inside = g->top == 0 && g->left == 0 && width <= g->w && (g->gh - 1) * g->stride + g->kh <= g->h;
  int line = (inside ? g->w : width) * g->c;
  set_edge(s);
  while (lo < hi) {
    int rows = 0;
    float *canvas = (float *)(s + 1);
    for (int end = min(lo + g->band, hi); lo < end;) {
      int image = lo / g->gh, q = lo % g->gh, count = min(g->gh - q, end - lo);
      const float *at = c->x + image * size + q * g->stride * line;
      if (!inside) {
        draw(canvas, g, c->x + image * size, q, count);
        at = canvas;
        canvas += ((count - 1) * g->stride + g->kh) * line;
      }
      for (int i = 0; i < count; i++) {
        float *to = c->y + image * c->image_step + (q + i) * c->row_step;
        for (int j = 0; j < g->gw; j++, rows++) {
          s->row[rows] = at + i * g->stride * line + j * g->stride * g->c;
          s->to[rows] = to + j * c->place_step;
        }
      }
      lo += count;
    }
    if (depth <= KC) {
      multiply_rows(s, rows, c->n, g->kh, run, line - run, c->b, depth * NR, 1, c->add);
      continue;
    }
    // A deep kernel goes row by row, in parts if they are long, so that what is read of b stays in the cache.
    int parts = (run + KC - 1) / KC, part = ((run + parts - 1) / parts + 3) & ~3, add = c->add;
    const float *b = c->b;
    for (int ky = 0; ky < g->kh; ky++) {
      for (int p = 0; p < run; p += part, add = 1) {
        int len = min(run - p, part);
        multiply_rows(s, rows, c->n, 1, len, 0, b, depth * NR, 1, add);
        advance(s->row, rows, len);
        b += len * NR;
      }
      advance(s->row, rows, line - run);
    }
  }
}

// ---- the gradient of the weights ----------------------------------------------------------------------------------------

typedef struct {
  POINTER(const float, x);   // [n, h, w, c]
  POINTER(const float, dy);  // of place (0, 0) in the first image
  POINTER(float, parts);     // [groups, kh kw c, out]
  Grid g;
  int n, out, groups;
  int row_step;  // of dy
} GradWeight;

// pack_places copies places [count, n] of dy to panels, which are `panel` apart.
static void pack_places(const float *dy, int count, int n, float *packed, int panel) {
  for (int j = 0; j < n; j += NR, packed += panel) {
    float *o = packed;
    if (j + NR <= n) {
      for (int i = 0; i < count; i++, o += NR) {
        wasm_v128_store(o, wasm_v128_load(dy + i * n + j));
        wasm_v128_store(o + 4, wasm_v128_load(dy + i * n + j + 4));
      }
    } else {
      for (int i = 0; i < count; i++, o += NR) {
        for (int r = 0; r < NR; r++) o[r] = j + r < n ? dy[i * n + j + r] : 0;
      }
    }
  }
}

// grad_weight sums the gradients of groups lo to hi-1 of the images. A group is summed in one order, by one thread.
void grad_weight(int lo, int hi, Scratch *s, const GradWeight *w) {
  const Grid *g = &w->g;
  int run = g->kw * g->c, size = g->h * g->w * g->c, n = w->out;
  int line = canvas_width(g) * g->c;
  float *packed = (float *)(s + 1);
  set_edge(s);
  for (int group = lo; group < hi; group++) {
    int row = group * w->n / w->groups * g->gh, last = (group + 1) * w->n / w->groups * g->gh;
    float *part = w->parts + group * g->kh * run * n;
    for (int add = 0; row < last; add = 1) {
      int end = min(row + g->band, last), places = (end - row) * g->gw, panel = places * NR, segs = 0;
      float *canvas = packed + (n + NR - 1) / NR * panel;
      for (int at = 0; row < end;) {
        int image = row / g->gh, q = row % g->gh, count = min(g->gh - q, end - row);
        draw(canvas, g, w->x + image * size, q, count);
        for (int i = 0; i < count; i++, row++, at += g->gw * NR) {
          pack_places(w->dy + row * w->row_step, g->gw, n, packed + at, panel);
          s->seg[segs++] = canvas + i * g->stride * line;
        }
        canvas += ((count - 1) * g->stride + g->kh) * line;
      }
      for (int ky = 0; ky < g->kh; ky++) {
        for (int i = 0; i < run; i += ROWS) {
          int rows = min(run - i, ROWS);
          for (int r = 0; r < rows; r++) s->to[r] = part + (ky * run + i + r) * n;
          multiply_columns(s, rows, n, segs, g->gw, g->stride * g->c, 1, packed, panel, 1, add);
          advance(s->seg, segs, rows);
        }
        advance(s->seg, segs, line - run);
      }
    }
  }
}
