// Float32 kernels for WebAssembly SIMD128, working in the memory of a Go program.
//
// The module must own nothing in that memory: no globals, no constants that become a data section, no spilled arrays that
// need a stack (the Makefile checks). Local arrays below are indexed by constants only, once loops are unrolled, so they
// become registers. All other memory comes in by pointers.
//
// Every job has the form job(lo, hi, scratch, args): do items lo to hi-1. The same job may run on several threads at the
// same time, for different items and with a scratch each. What an item computes never depends on lo and hi.
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
// Arrays of a loop over elements may be the same, but do not overlap otherwise.
#define EACH _Pragma("clang loop vectorize(assume_safety) interleave_count(4)")
#define EACH_SHORT _Pragma("clang loop vectorize(assume_safety) interleave_count(2)")

// A tile of C, MR rows and NR columns, stays in registers while the depth is summed up. V8 on x86-64 has 15 vector
// registers: 12 sums, 2 of B, 1 of A. Without fused multiply-add a product needs one too, so that tile is a row lower.
#define NR 8
#ifdef __wasm_relaxed_simd__
#define MR 6
#define MADD(x, y, z) wasm_f32x4_relaxed_madd(x, y, z)  // x y + z
#else
#define MR 5
#define MADD(x, y, z) wasm_f32x4_add(wasm_f32x4_mul(x, y), z)
#endif

enum {
  KC = 384,    // depth summed in one go, at most: that much of a panel of B is a third of a 32 KiB first-level cache
  ROWS = 192,  // rows of A in a block
};

INLINE int min(int a, int b) { return a < b ? a : b; }

// A pointer in a Go struct has 8 bytes. Pointers come first, so that their alignment does not matter.
#define POINTER(type, name) type *name; int name##_high

// Scratch of a thread. Some jobs need more memory behind it; Go knows its size (see scratchBytes there).
typedef struct {
  const float *row[ROWS + MR];  // where rows of A begin; the last tile may be filled up
  float *to[ROWS + MR];         // where rows of C begin
  const float *seg[KC];         // where runs of columns of A begin
  float tile[MR * NR];          // a tile that sticks out of C
  float *edge[MR];              // its rows
  float panel[(ROWS / 2 + MR) * KC];  // A packed
} Scratch;
_Static_assert(sizeof(Scratch) <= 192 << 10, "Go must know");

// Products of blocks, see gemm.c. C = alpha sum, or C + alpha sum with add.
void set_edge(Scratch *s);
void multiply_rows(Scratch *s, int rows, int n, int segs, int len, int skip, const float *b, int panel, float alpha,
                   int add);
void multiply_columns(Scratch *s, int rows, int n, int segs, int len, int step, int apart, const float *b, int panel,
                      float alpha, int add);

// Arguments of the jobs that pack panels lo to hi-1 of B, and compute rows lo to hi-1 of C.
typedef struct {
  POINTER(const float, b);  // [k, n], or [n, k] if transposed
  POINTER(float, packed);   // panels [n/NR][k][NR], the last one filled up with zeros
  int n, k, ldb, transposed;
  int panel;                // distance of the panels
} PackB;

typedef struct {
  POINTER(const float, a);  // [m, k], or [k, m] if transposed
  POINTER(const float, b);  // packed
  POINTER(float, c);        // [m, n]
  int n, k, lda, ldc, transposed;
  float alpha;
  int add;
} Gemm;

// Arguments of a loop over elements, or over n rows of d elements, possibly by blocks of rows.
typedef struct {
  POINTER(float, x);
  POINTER(float, y);
  POINTER(float, z);
  POINTER(float, w);
  POINTER(float, p);
  POINTER(float, q);
  POINTER(float, r);
  double result;
  int n, d, block;
  float f[9];
} Vector;

// JOB(name) { body } defines a job on such arguments, at hand as x, y, z, w and f.
#define JOB(name)                                                                                                  \
  INLINE void do_##name(int lo, int hi, Vector *v, float *x, float *y, float *z, float *w, const float *f);         \
  void name(int lo, int hi, Scratch *s, Vector *v) { do_##name(lo, hi, v, v->x, v->y, v->z, v->w, v->f); }          \
  INLINE void do_##name(int lo, int hi, Vector *v, float *x, float *y, float *z, float *w, const float *f)
#define ALL EACH for (int i = lo; i < hi; i++)

// The first n < 4 numbers at x, then copies of the first; and back. Whole vectors would go beyond a slice.
INLINE v128_t load_part(const float *x, int n) {
  v128_t v = wasm_v128_load32_splat(x);
  if (n > 1) v = wasm_v128_load32_lane(x + 1, v, 1);
  if (n > 2) v = wasm_v128_load32_lane(x + 2, v, 2);
  return v;
}
INLINE void store_part(float *y, v128_t v, int n) {
  wasm_v128_store32_lane(y, v, 0);
  if (n > 1) wasm_v128_store32_lane(y + 1, v, 1);
  if (n > 2) wasm_v128_store32_lane(y + 2, v, 2);
}

// Sums in float64: lanes of sum collect every fourth element.
typedef struct {
  v128_t low, high;
} Sum4;
INLINE void sum4(Sum4 *s, v128_t v) {
  s->low = wasm_f64x2_add(s->low, wasm_f64x2_promote_low_f32x4(v));
  s->high = wasm_f64x2_add(s->high, wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(v, v, 2, 3, 2, 3)));
}
INLINE void dot4(Sum4 *s, v128_t x, v128_t y) {
  s->low = wasm_f64x2_add(s->low, wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(x), wasm_f64x2_promote_low_f32x4(y)));
  x = wasm_i32x4_shuffle(x, x, 2, 3, 2, 3), y = wasm_i32x4_shuffle(y, y, 2, 3, 2, 3);
  s->high = wasm_f64x2_add(s->high, wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(x), wasm_f64x2_promote_low_f32x4(y)));
}
INLINE double total(Sum4 s) {
  v128_t v = wasm_f64x2_add(s.low, s.high);
  return wasm_f64x2_extract_lane(v, 0) + wasm_f64x2_extract_lane(v, 1);
}
#define NO_SUM {wasm_f64x2_const_splat(0), wasm_f64x2_const_splat(0)}
