// Changes of one image, whose numbers are from 0 to 1.
#include "kernel.h"

INLINE v128_t clamp4(v128_t x) {
  return wasm_f32x4_pmin(wasm_f32x4_pmax(x, wasm_f32x4_const_splat(0)), wasm_f32x4_const_splat(1));
}

// x = f[0] x + f[1], limited
JOB(scale_clamp) {
  v128_t a = wasm_f32x4_splat(f[0]), b = wasm_f32x4_splat(f[1]);
  int i = lo;
  for (; i + 4 <= hi; i += 4) wasm_v128_store(x + i, clamp4(MADD(a, wasm_v128_load(x + i), b)));
  if (i < hi) store_part(x + i, clamp4(MADD(a, load_part(x + i, hi - i), b)), hi - i);
}

// Four pixels, a vector for each channel.
typedef struct {
  v128_t r, g, b;
} Pixels;

INLINE Pixels split3(v128_t p, v128_t q, v128_t s) {  // r g b r, g b r g, b r g b
  return (Pixels){
      wasm_i32x4_shuffle(wasm_i32x4_shuffle(p, q, 0, 3, 6, 6), s, 0, 1, 2, 5),
      wasm_i32x4_shuffle(wasm_i32x4_shuffle(p, q, 1, 4, 7, 7), s, 0, 1, 2, 6),
      wasm_i32x4_shuffle(wasm_i32x4_shuffle(p, q, 2, 5, 5, 5), s, 0, 1, 4, 7),
  };
}
INLINE void join3(float *x, Pixels c) {
  v128_t rg = wasm_i32x4_shuffle(c.r, c.g, 0, 4, 1, 5), rg2 = wasm_i32x4_shuffle(c.r, c.g, 2, 6, 3, 7);
  wasm_v128_store(x, wasm_i32x4_shuffle(rg, wasm_i32x4_shuffle(rg, c.b, 4, 2, 4, 2), 0, 1, 4, 5));
  wasm_v128_store(x + 4, wasm_i32x4_shuffle(wasm_i32x4_shuffle(rg, c.b, 3, 5, 3, 5), rg2, 0, 1, 4, 5));
  wasm_v128_store(x + 8, wasm_i32x4_shuffle(wasm_i32x4_shuffle(c.b, rg2, 2, 6, 7, 3), c.b, 0, 1, 2, 3));
}

// Pixels lo to hi-1 of an image of three channels, four at a time; a copy of the last few fills up to four.
#define EACH_PIXEL(change)                                                                                   \
  {                                                                                                          \
    int i = lo;                                                                                              \
    for (; i + 4 <= hi; i += 4) {                                                                            \
      float *at = x + 3 * i;                                                                                 \
      join3(at, change(split3(wasm_v128_load(at), wasm_v128_load(at + 4), wasm_v128_load(at + 8)), f));      \
    }                                                                                                        \
    for (; i < hi; i++) {                                                                                    \
      float *at = x + 3 * i;                                                                                 \
      Pixels c = change((Pixels){wasm_f32x4_splat(at[0]), wasm_f32x4_splat(at[1]), wasm_f32x4_splat(at[2])}, f); \
      at[0] = wasm_f32x4_extract_lane(c.r, 0);                                                               \
      at[1] = wasm_f32x4_extract_lane(c.g, 0);                                                               \
      at[2] = wasm_f32x4_extract_lane(c.b, 0);                                                               \
    }                                                                                                        \
  }

INLINE v128_t gray_of(Pixels c) {
  v128_t y = wasm_f32x4_mul(c.r, wasm_f32x4_const_splat(0.2989f));
  y = MADD(c.g, wasm_f32x4_const_splat(0.587f), y);
  return MADD(c.b, wasm_f32x4_const_splat(0.114f), y);
}

INLINE Pixels gray(Pixels c, const float *f) {
  (void)f;
  v128_t y = gray_of(c);
  return (Pixels){y, y, y};
}
JOB(to_gray) EACH_PIXEL(gray)

INLINE Pixels saturation(Pixels c, const float *f) {
  v128_t a = wasm_f32x4_splat(f[0]), m = wasm_f32x4_mul(wasm_f32x4_splat(1 - f[0]), gray_of(c));
  return (Pixels){clamp4(MADD(a, c.r, m)), clamp4(MADD(a, c.g, m)), clamp4(MADD(a, c.b, m))};
}
JOB(saturate) EACH_PIXEL(saturation)

// The hue lies in [0, 6) for red, yellow, green, cyan, blue, magenta; a channel is lowest plus the range times how near the
// hue is: f[0] is what the hue is turned by, in these units, from 0 to 6.
INLINE Pixels hue(Pixels c, const float *f) {
  v128_t hi = wasm_f32x4_pmax(wasm_f32x4_pmax(c.r, c.g), c.b), low = wasm_f32x4_pmin(wasm_f32x4_pmin(c.r, c.g), c.b);
  v128_t d = wasm_f32x4_sub(hi, low), flat = wasm_f32x4_eq(d, wasm_f32x4_const_splat(0));
  v128_t is_g = wasm_f32x4_eq(c.g, hi), is_b = wasm_f32x4_eq(c.b, hi);
  v128_t from_r = wasm_f32x4_sub(c.g, c.b), from_g = wasm_f32x4_sub(c.b, c.r), from_b = wasm_f32x4_sub(c.r, c.g);
  v128_t x = wasm_v128_bitselect(from_g, wasm_v128_bitselect(from_b, from_r, is_b), is_g);
  v128_t sixth = wasm_v128_bitselect(wasm_f32x4_const_splat(2),
                                     wasm_v128_and(wasm_f32x4_const_splat(4), is_b), is_g);
  const v128_t six = wasm_f32x4_const_splat(6);
  v128_t h = wasm_f32x4_add(wasm_f32x4_add(wasm_f32x4_div(x, d), sixth), wasm_f32x4_splat(f[0] + 6));
  h = wasm_f32x4_sub(h, wasm_f32x4_mul(six, wasm_f32x4_floor(wasm_f32x4_mul(h, wasm_f32x4_const_splat(1 / 6.f)))));
  const v128_t one = wasm_f32x4_const_splat(1), two = wasm_f32x4_const_splat(2);
  v128_t r = clamp4(wasm_f32x4_sub(wasm_f32x4_abs(wasm_f32x4_sub(h, wasm_f32x4_const_splat(3))), one));
  v128_t g = clamp4(wasm_f32x4_sub(two, wasm_f32x4_abs(wasm_f32x4_sub(h, two))));
  v128_t b = clamp4(wasm_f32x4_sub(two, wasm_f32x4_abs(wasm_f32x4_sub(h, wasm_f32x4_const_splat(4)))));
  return (Pixels){wasm_v128_bitselect(c.r, MADD(d, r, low), flat), wasm_v128_bitselect(c.g, MADD(d, g, low), flat),
                  wasm_v128_bitselect(c.b, MADD(d, b, low), flat)};
}
JOB(turn_hue) EACH_PIXEL(hue)

// ---- resampling ------------------------------------------------------------------------------------------------------

// A filter along an axis, see Resample in Go. Result i is a sum of taps sources from at[i] on.
typedef struct {
  POINTER(float, y);
  POINTER(const float, x);
  POINTER(const float, weight);
  POINTER(const int, at);
  int results, taps, stride, width, channels;
} Filter;

// Rows lo to hi-1 of y [rows, results, channels], from rows of x that begin stride apart.
void resample_columns(int lo, int hi, Scratch *s, Filter *v) {
  (void)s;
  int n = v->results, c = v->channels, taps = v->taps;
  for (int row = lo; row < hi; row++) {
    const float *x = v->x + row * v->stride, *w = v->weight;
    float *y = v->y + row * n * c;
    if (taps == 2 && c == 3) {
      for (int i = 0; i < n; i++, w += 2, y += 3) {
        const float *p = x + 3 * v->at[i];
        v128_t a = wasm_f32x4_splat(w[0]), b = wasm_f32x4_splat(w[1]);
        if (i + 1 < n && v->at[i] + 2 < v->width) {  // there is one number more to read and to write
          wasm_v128_store(y, MADD(b, wasm_v128_load(p + 3), wasm_f32x4_mul(a, wasm_v128_load(p))));
        } else {
          store_part(y, MADD(b, load_part(p + 3, 3), wasm_f32x4_mul(a, load_part(p, 3))), 3);
        }
      }
      continue;
    }
    for (int i = 0; i < n; i++, w += taps) {
      const float *p = x + c * v->at[i];
      for (int k = 0; k < c; k++, p++) {
        float sum = 0;
        for (int t = 0; t < taps; t++) sum += w[t] * p[t * c];
        *y++ = sum;
      }
    }
  }
}

// Rows lo to hi-1 of y [results, width] from those of x [rows, width].
void resample_rows(int lo, int hi, Scratch *s, Filter *v) {
  (void)s;
  int n = v->width, taps = v->taps;
  for (int i = lo; i < hi; i++) {
    const float *x = v->x + v->at[i] * n, *w = v->weight + i * taps;
    float *y = v->y + i * n;
    if (taps == 1) {
      EACH for (int j = 0; j < n; j++) y[j] = w[0] * x[j];
      continue;
    }
    float a = w[0], b = w[1];
    const float *z = x + n;
    EACH for (int j = 0; j < n; j++) y[j] = a * x[j] + b * z[j];
    for (int t = 2; t < taps; t++) {
      float more = w[t];
      z += n;
      EACH for (int j = 0; j < n; j++) y[j] += more * z[j];
    }
  }
}
