// Loops over elements. Each comment in Go's core/kernel says what its loop computes.
#include "kernel.h"

JOB(scale) { float a = f[0]; ALL x[i] *= a; }
JOB(axpy) { float a = f[0]; ALL y[i] += a * x[i]; }
JOB(mul) { ALL z[i] = x[i] * y[i]; }
JOB(mul_add) { ALL z[i] += x[i] * y[i]; }
JOB(lerp) { float a = f[0]; float b = f[1]; ALL y[i] = a * y[i] + b * x[i]; }
JOB(relu) { ALL y[i] = x[i] < 0 ? 0 : x[i]; }
JOB(relu_grad) { ALL { float d = y[i]; z[i] += x[i] > 0 ? d : 0; } }
JOB(relu_mask) { ALL { float d = y[i]; y[i] = x[i] > 0 ? d : 0; } }

// w weights, x gradient, y and z its moving averages.
JOB(adam) {
  float beta1 = f[0], rest1 = f[1], beta2 = f[2], rest2 = f[3], l2 = f[4], decay = f[5], lr = f[6], root = f[7], eps = f[8];
  ALL {
    float d = x[i] + l2 * w[i];
    y[i] = beta1 * y[i] + rest1 * d;
    z[i] = beta2 * z[i] + rest2 * d * d;
    w[i] = decay * w[i] - lr * y[i] / (__builtin_sqrtf(z[i]) * root + eps);
  }
}

// y += the sum of the d vectors x, which are n apart.
JOB(add_parts) { for (int p = 0; p < v->d; p++, x += v->n) ALL y[i] += x[i]; }

// ---- exponentials ----------------------------------------------------------------------------------------------------

// exp4 is e^x as 2^n e^r with |r| <= ln 2 / 2; Go's exp says more.
INLINE v128_t exp4(v128_t x) {
#define SPLAT wasm_f32x4_const_splat
  const v128_t round = SPLAT(12582912.f), one = SPLAT(1.f);  // 1.5 2^23: adding it leaves the nearest whole number in the low bits
  v128_t low = wasm_f32x4_lt(x, SPLAT(-87.33654f));
  x = wasm_f32x4_pmin(x, SPLAT(89.f));  // gives infinity; NaN stays
  v128_t t = MADD(x, SPLAT(1.44269504f), round), n = wasm_f32x4_sub(t, round);
  v128_t r = MADD(n, SPLAT(-0.693359375f), x);
  r = MADD(n, SPLAT(2.12194440e-4f), r);
  v128_t p = SPLAT(1.9875691500e-4f);
  p = MADD(p, r, SPLAT(1.3981999507e-3f));
  p = MADD(p, r, SPLAT(8.3334519073e-3f));
  p = MADD(p, r, SPLAT(4.1665795894e-2f));
  p = MADD(p, r, SPLAT(1.6666665459e-1f));
  p = MADD(p, r, SPLAT(5.0000001201e-1f));
  p = wasm_f32x4_add(MADD(p, wasm_f32x4_mul(r, r), r), one);
  // 2^128 is no float32, so scale twice, by 2^half and 2^(n-half). Adding n << 23 to the bits of 1 gives 2^n.
  v128_t whole = wasm_i32x4_sub(t, round), half = wasm_i32x4_shr(whole, 1);
  v128_t two = wasm_i32x4_add(wasm_i32x4_shl(half, 23), one);
  v128_t rest = wasm_i32x4_add(wasm_i32x4_shl(wasm_i32x4_sub(whole, half), 23), one);
  return wasm_v128_andnot(wasm_f32x4_mul(wasm_f32x4_mul(p, two), rest), low);
}

// exps computes y = e^(x-shift) for some vectors, and adds y to the sum. V8 makes the constants anew in each turn of a
// loop, so a turn should take several.
INLINE void exps(float *y, const float *x, v128_t shift, int vecs, Sum4 *sum) {
  UNROLL for (int i = 0; i < 4 * vecs; i += 4) {
    v128_t e = exp4(wasm_f32x4_sub(wasm_v128_load(x + i), shift));
    wasm_v128_store(y + i, e);
    sum4(sum, e);
  }
}

INLINE double exp_range(float *y, const float *x, float by, int n) {
  Sum4 sum = NO_SUM;
  v128_t shift = wasm_f32x4_splat(by);
  for (; n >= 16; n -= 16, x += 16, y += 16) exps(y, x, shift, 4, &sum);
  for (; n >= 4; n -= 4, x += 4, y += 4) exps(y, x, shift, 1, &sum);
  double rest = 0;
  if (n > 0) {
    store_part(y, exp4(wasm_f32x4_sub(load_part(x, n), shift)), n);
    for (; n > 0; n--) rest += *y++;
  }
  return total(sum) + rest;
}

JOB(vexp) { exp_range(y + lo, x + lo, 0, hi - lo); }
JOB(exp_sum) { v->result = exp_range(y + lo, x + lo, f[0], hi - lo); }

// y = x Φ(x), w = Φ(x), given z = e^(-x²/2); Go's gelu says more.
JOB(gelu) {
  ALL {
    float u = 1 / (1 + (float)(0.3275911 * 0.70710678118654752) * __builtin_fabsf(x[i]));
    float p = u * (0.5f * 0.254829592f + u * (-0.5f * 0.284496736f + u * (0.5f * 1.421413741f + u * (-0.5f * 1.453152027f + u * 0.5f * 1.061405429f))));
    w[i] = 0.5f + __builtin_copysignf(0.5f - p * z[i], x[i]);
    y[i] = x[i] * w[i];
  }
}

// ---- reductions ------------------------------------------------------------------------------------------------------

INLINE double dot_range(const float *x, const float *y, int n) {
  Sum4 sum = NO_SUM;
  int i = 0;
  for (; i + 4 <= n; i += 4) dot4(&sum, wasm_v128_load(x + i), wasm_v128_load(y + i));
  double rest = 0;
  for (; i < n; i++) rest += (double)x[i] * y[i];
  return total(sum) + rest;
}

JOB(dot) { v->result = dot_range(x + lo, y + lo, hi - lo); }

JOB(sum) {
  Sum4 a = NO_SUM, b = NO_SUM;
  int i = lo;
  for (; i + 8 <= hi; i += 8) {
    sum4(&a, wasm_v128_load(x + i));
    sum4(&b, wasm_v128_load(x + i + 4));
  }
  double rest = 0;
  for (; i < hi; i++) rest += x[i];
  v->result = total(a) + total(b) + rest;
}

// NaN if there is one. The comparison m < x keeps m if x is NaN, so NaN is looked for apart.
INLINE float max_range(const float *x, int n) {
  v128_t m = wasm_f32x4_splat(*x), nan = wasm_f32x4_ne(m, m);
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    v128_t p = wasm_v128_load(x + i);
    nan = wasm_v128_or(nan, wasm_f32x4_ne(p, p));
    m = wasm_f32x4_pmax(m, p);
  }
  if (i < n) {
    v128_t p = load_part(x + i, n - i);
    nan = wasm_v128_or(nan, wasm_f32x4_ne(p, p));
    m = wasm_f32x4_pmax(m, p);
  }
  m = wasm_f32x4_pmax(m, wasm_i32x4_shuffle(m, m, 2, 3, 0, 1));
  m = wasm_f32x4_pmax(m, wasm_i32x4_shuffle(m, m, 1, 0, 3, 2));
  return wasm_v128_any_true(nan) ? __builtin_nanf("") : wasm_f32x4_extract_lane(m, 0);
}

JOB(maximum) { v->result = max_range(x + lo, hi - lo); }

// ---- rows ------------------------------------------------------------------------------------------------------------

// y = e^(x-max) / Σ e^(x-max) for rows of d
JOB(softmax) {
  int d = v->d;
  for (int i = lo; i < hi; i++) {
    float *row = y + i * d;
    float a = 1 / exp_range(row, x + i * d, max_range(x + i * d, d), d);
    EACH_SHORT for (int j = 0; j < d; j++) row[j] *= a;
  }
}

// x = y (z - Σ y z) for rows of d
JOB(softmax_grad) {
  int d = v->d;
  x += lo * d, y += lo * d, z += lo * d;
  for (int n = hi - lo; n > 0; n--, x += d, y += d, z += d) {
    float along = dot_range(y, z, d);
    EACH_SHORT for (int j = 0; j < d; j++) x[j] = y[j] * (z[j] - along);
  }
}
