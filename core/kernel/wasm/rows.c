// Loops over the rows of a matrix x [rows, d], and sums over its columns. Sums are taken of blocks of n rows, each by
// itself; Go adds the blocks up in order.
#include "kernel.h"

// Rows lo to hi-1, each with the same vectors of d numbers.
#define EACH_ROW(body)                                                       \
  {                                                                          \
    int d = v->d;                                                            \
    const float *p = v->p, *q = v->q, *r = v->r;                             \
    (void)p, (void)q, (void)r;                                               \
    x += lo * d, y += lo * d, z += lo * d;                                   \
    for (int n = hi - lo; n > 0; n--, x += d, y += d, z += d) {              \
      EACH_SHORT for (int j = 0; j < d; j++) body                            \
    }                                                                        \
  }

JOB(add_bias) { EACH_ROW(y[j] += p[j];) }
// p mean, q scale, r shift
JOB(affine) {
  float floor = f[0];
  EACH_ROW({
    float a = (x[j] - p[j]) * q[j] + r[j];
    y[j] = a < floor ? floor : a;
  })
}
// y becomes 0 where the affine function of x is not positive
JOB(affine_mask) {
  EACH_ROW({
    float a = (x[j] - p[j]) * q[j] + r[j];
    float d = y[j];
    y[j] = a > 0 ? d : 0;
  })
}
// x, y its gradient, z the result; w mean, p scale, q slope, r offset
JOB(grad_affine) { EACH_ROW(z[j] = p[j] * y[j] + q[j] * (x[j] - w[j]) + r[j];) }

// x, y the result, z mean and 1/deviation of each row; p gamma, q beta, f[0] eps
JOB(layer_norm) {
  int d = v->d;
  float eps = f[0];
  const float *p = v->p, *q = v->q;
  x += lo * d, y += lo * d, z += lo * 2;
  for (int n = hi - lo; n > 0; n--, x += d, y += d, z += 2) {
    Sum4 sum = NO_SUM, squares = NO_SUM;
    double rest = 0;
    int j = 0;
    for (; j + 4 <= d; j += 4) sum4(&sum, wasm_v128_load(x + j));
    for (; j < d; j++) rest += x[j];
    float mean = (total(sum) + rest) / d;
    v128_t m = wasm_f32x4_splat(mean);
    rest = 0;
    for (j = 0; j + 4 <= d; j += 4) {
      v128_t e = wasm_f32x4_sub(wasm_v128_load(x + j), m);
      dot4(&squares, e, e);
    }
    for (; j < d; j++) rest += (double)(x[j] - mean) * (x[j] - mean);
    float inv = 1 / __builtin_sqrt((total(squares) + rest) / d + eps);
    z[0] = mean, z[1] = inv;
    EACH_SHORT for (int j = 0; j < d; j++) y[j] = (x[j] - mean) * inv * p[j] + q[j];
  }
}

// x, y its gradient (or none), z what becomes dy x̂, w dy; p gamma, q mean and 1/deviation of each row
JOB(layer_norm_grad) {
  int d = v->d;
  const float *p = v->p, *q = v->q + lo * 2;
  int wanted = y != 0;
  x += lo * d, z += lo * d, w += lo * d;
  if (wanted) y += lo * d;
  for (int n = hi - lo; n > 0; n--, x += d, z += d, w += d, q += 2) {
    float mean = q[0], inv = q[1];
    if (wanted) {
      v128_t m = wasm_f32x4_splat(mean);
      Sum4 sum = NO_SUM, along = NO_SUM;
      double rest = 0, rest_along = 0;
      int j = 0;
      for (; j + 4 <= d; j += 4) {
        v128_t e = wasm_f32x4_mul(wasm_v128_load(w + j), wasm_v128_load(p + j));
        sum4(&sum, e);
        dot4(&along, e, wasm_f32x4_sub(wasm_v128_load(x + j), m));
      }
      for (; j < d; j++) {
        float e = w[j] * p[j];
        rest += e, rest_along += (double)e * (x[j] - mean);
      }
      float offset = -inv * (total(sum) + rest) / d;
      float slope = -(double)inv * inv * inv * (total(along) + rest_along) / d;
      EACH_SHORT for (int j = 0; j < d; j++) y[j] += inv * (w[j] * p[j]) + (slope * (x[j] - mean) + offset);
      y += d;
    }
    EACH_SHORT for (int j = 0; j < d; j++) z[j] = w[j] * ((x[j] - mean) * inv);
  }
}

// A group of columns goes down all rows of a block, so that its sums stay in registers: four vectors of columns at a
// time, then one, then what is left of one. f(vecs, part, ...) gets the block's first row and where its sums go.
#define BLOCKS(f)                                                            \
  {                                                                          \
    int d = v->d;                                                            \
    for (int i = lo; i < hi; i++) {                                          \
      int rows = min(v->block, v->n - i * v->block), at = i * v->block * d;  \
      for (int j = 0; j < d;) {                                              \
        if (d - j >= 16) f(4, 0, v, at + j, i * d + j, j, rows), j += 16;    \
        else if (d - j >= 4) f(1, 0, v, at + j, i * d + j, j, rows), j += 4; \
        else f(1, d - j, v, at + j, i * d + j, j, rows), j = d;              \
      }                                                                      \
    }                                                                        \
  }

// The vector at x, or its first part numbers if part > 0.
INLINE v128_t load(const float *x, int part) { return part ? load_part(x, part) : wasm_v128_load(x); }
INLINE void store(float *x, v128_t v, int part) {
  if (part) store_part(x, v, part);
  else wasm_v128_store(x, v);
}

INLINE void sum_columns(int vecs, int part, Vector *v, int at, int to, int j, int rows) {
  v128_t sum[4];
  UNROLL for (int k = 0; k < vecs; k++) sum[k] = wasm_f32x4_const_splat(0);
  for (const float *x = v->x + at; rows > 0; rows--, x += v->d) {
    UNROLL for (int k = 0; k < vecs; k++) sum[k] = wasm_f32x4_add(sum[k], load(x + 4 * k, part));
  }
  UNROLL for (int k = 0; k < vecs; k++) store(v->y + to + 4 * k, sum[k], part);
}

// y [blocks, d] = the sum of each column of x
JOB(sum_rows) { BLOCKS(sum_columns) }

INLINE void moments(int vecs, int part, Vector *v, int at, int to, int j, int rows) {
  v128_t first[4], mean[4], m2[4], inv = wasm_f32x4_splat(1.f / rows);
  UNROLL for (int k = 0; k < vecs; k++) {
    first[k] = load(v->x + at + 4 * k, part);
    mean[k] = m2[k] = wasm_f32x4_const_splat(0);
  }
  const float *row = v->x + at + v->d;
  for (int i = 1; i < rows; i++, row += v->d) {  // relative to the first row, since a large sum would lose digits
    UNROLL for (int k = 0; k < vecs; k++) mean[k] = wasm_f32x4_add(mean[k], wasm_f32x4_sub(load(row + 4 * k, part), first[k]));
  }
  UNROLL for (int k = 0; k < vecs; k++) mean[k] = wasm_f32x4_add(first[k], wasm_f32x4_mul(mean[k], inv));
  for (const float *x = v->x + at; rows > 0; rows--, x += v->d) {
    UNROLL for (int k = 0; k < vecs; k++) {
      v128_t e = wasm_f32x4_sub(load(x + 4 * k, part), mean[k]);
      m2[k] = MADD(e, e, m2[k]);
    }
  }
  UNROLL for (int k = 0; k < vecs; k++) {
    store(v->y + to + 4 * k, mean[k], part);
    store(v->z + to + 4 * k, m2[k], part);
  }
}

// y [blocks, d] = the mean of each column of x, z = the sum of squared distances from it
JOB(column_moments) { BLOCKS(moments) }

INLINE void gradients(int vecs, int part, Vector *v, int at, int to, int j, int rows) {
  v128_t mean[4], sum[4], sum_x[4];
  UNROLL for (int k = 0; k < vecs; k++) {
    mean[k] = load(v->p + j + 4 * k, part);
    sum[k] = sum_x[k] = wasm_f32x4_const_splat(0);
  }
  for (const float *x = v->x + at, *dy = v->w + at; rows > 0; rows--, x += v->d, dy += v->d) {
    UNROLL for (int k = 0; k < vecs; k++) {
      v128_t g = load(dy + 4 * k, part);
      sum[k] = wasm_f32x4_add(sum[k], g);
      sum_x[k] = MADD(g, wasm_f32x4_sub(load(x + 4 * k, part), mean[k]), sum_x[k]);
    }
  }
  UNROLL for (int k = 0; k < vecs; k++) {
    store(v->y + to + 4 * k, sum[k], part);
    store(v->z + to + 4 * k, sum_x[k], part);
  }
}

// y [blocks, d] = the sum of each column of w = dy, z = the sum of dy (x - p), p the mean
JOB(grad_sums) { BLOCKS(gradients) }
