// Matrix products.
#include "kernel.h"

// ---- micro-kernels ---------------------------------------------------------------------------------------------------

// One step of the depth: sum[r][:] += A(r, u) * B's row of NR numbers at b + u*NR.
#define STEP(A, u)                                  \
  do {                                              \
    v128_t b0 = wasm_v128_load(b + (u) * NR);       \
    v128_t b1 = wasm_v128_load(b + (u) * NR + 4);   \
    UNROLL for (int r = 0; r < MR; r++) {           \
      v128_t x = wasm_v128_load32_splat(A(r, u));   \
      sum[r][0] = MADD(x, b0, sum[r][0]);           \
      sum[r][1] = MADD(x, b1, sum[r][1]);           \
    }                                               \
  } while (0)

// The loop over a depth k > 0, four steps a turn; NEXT follows each. Every step may leave, not only for the sake of a
// remainder: that ends a basic block. Four steps in one block would let the compiler load all of B's vectors first,
// which spills the sums out of the registers.
#define STEPS(A, NEXT, ADVANCE)     \
  for (;; k -= 4, b += 4 * NR) {    \
    STEP(A, 0);                     \
    NEXT;                           \
    if (k == 1) break;              \
    STEP(A, 1);                     \
    NEXT;                           \
    if (k == 2) break;              \
    STEP(A, 2);                     \
    NEXT;                           \
    if (k == 3) break;              \
    STEP(A, 3);                     \
    NEXT;                           \
    if (k == 4) break;              \
    ADVANCE;                        \
  }

#define CLEAR UNROLL for (int r = 0; r < MR; r++) sum[r][0] = sum[r][1] = wasm_f32x4_const_splat(0)

INLINE void store(v128_t sum[MR][2], float *const *to, int j, float scale, int add) {
  v128_t alpha = wasm_f32x4_splat(scale);
  UNROLL for (int r = 0; r < MR; r++) {
    float *c = to[r] + j;
    UNROLL for (int h = 0; h < 2; h++) {
      v128_t v = wasm_f32x4_mul(alpha, sum[r][h]);
      if (add) v = wasm_f32x4_add(v, wasm_v128_load(c + 4 * h));
      wasm_v128_store(c + 4 * h, v);
    }
  }
}

// micro_rows reads MR rows of A where they are. The depth comes in segs runs of len adjacent numbers, skip apart: a
// matrix has one run, the patch of a convolution has one for each row of the kernel.
static __attribute__((noinline)) void micro_rows(const float *const *row, int segs, int len, int skip, const float *b,
                                                 float *const *to, int j, float alpha, int add) {
  const float *a[MR];
  v128_t sum[MR][2];
  UNROLL for (int r = 0; r < MR; r++) a[r] = row[r];
  CLEAR;
#define A(r, u) (a[r] + (u))
  for (; segs > 0; segs--) {
    int k = len;
    STEPS(A, , UNROLL for (int r = 0; r < MR; r++) a[r] += 4);
    b += k * NR;
    UNROLL for (int r = 0; r < MR; r++) a[r] += k + skip;
  }
#undef A
  store(sum, to, j, alpha, add);
}

// micro_columns reads MR adjacent columns of an A that is stored transposed. The depth comes in segs runs of len steps,
// step numbers apart.
static __attribute__((noinline)) void micro_columns(const float *const *seg, int segs, int len, int step, int offset,
                                                    const float *b, float *const *to, int j, float alpha, int add) {
  v128_t sum[MR][2];
  CLEAR;
#define A(r, u) (a + (r))
  for (; segs > 0; segs--) {
    const float *a = *seg++ + offset;
    int k = len;
    STEPS(A, a += step, );
    b += k * NR;
  }
#undef A
  store(sum, to, j, alpha, add);
}

// ---- blocks ----------------------------------------------------------------------------------------------------------

void set_edge(Scratch *s) {
  UNROLL for (int r = 0; r < MR; r++) s->edge[r] = s->tile + r * NR;
}

// put copies what is inside C of a tile that sticks out.
static void put(const float *tile, float *const *to, int j, int rows, int cols, int add) {
  for (int r = 0; r < rows; r++) {
    for (int i = 0; i < cols; i++) to[r][j + i] = tile[r * NR + i] + (add ? to[r][j + i] : 0);
  }
}

// multiply_rows multiplies the rows listed in s->row by the panels of B, panel numbers apart, into the rows s->to.
void multiply_rows(Scratch *s, int rows, int n, int segs, int len, int skip, const float *b, int panel,
                   float alpha, int add) {
  for (int i = rows; i % MR; i++) s->row[i] = s->row[rows - 1];
  for (int j = 0; j < n; j += NR, b += panel) {
    for (int i = 0; i < rows; i += MR) {
      if (i + MR <= rows && j + NR <= n) {
        micro_rows(s->row + i, segs, len, skip, b, s->to + i, j, alpha, add);
      } else {
        micro_rows(s->row + i, segs, len, skip, b, s->edge, 0, alpha, 0);
        put(s->tile, s->to + i, j, min(rows - i, MR), min(n - j, NR), add);
      }
    }
  }
}

// multiply_columns does the same for columns of an A stored transposed: column i begins at i*apart in each run of s->seg.
// Up to MR-1 columns behind the last one are read too.
void multiply_columns(Scratch *s, int rows, int n, int segs, int len, int step, int apart, const float *b, int panel,
                      float alpha, int add) {
  for (int j = 0; j < n; j += NR, b += panel) {
    for (int i = 0; i < rows; i += MR) {
      if (i + MR <= rows && j + NR <= n) {
        micro_columns(s->seg, segs, len, step, i * apart, b, s->to + i, j, alpha, add);
      } else {
        micro_columns(s->seg, segs, len, step, i * apart, b, s->edge, 0, alpha, 0);
        put(s->tile, s->to + i, j, min(rows - i, MR), min(n - j, NR), add);
      }
    }
  }
}

// ---- packing ---------------------------------------------------------------------------------------------------------

INLINE void transpose4(v128_t v[4]) {
  v128_t t0 = wasm_i32x4_shuffle(v[0], v[1], 0, 4, 1, 5), t1 = wasm_i32x4_shuffle(v[2], v[3], 0, 4, 1, 5);
  v128_t t2 = wasm_i32x4_shuffle(v[0], v[1], 2, 6, 3, 7), t3 = wasm_i32x4_shuffle(v[2], v[3], 2, 6, 3, 7);
  v[0] = wasm_i64x2_shuffle(t0, t1, 0, 2), v[1] = wasm_i64x2_shuffle(t0, t1, 1, 3);
  v[2] = wasm_i64x2_shuffle(t2, t3, 0, 2), v[3] = wasm_i64x2_shuffle(t2, t3, 1, 3);
}

// pack_b packs panels lo to hi-1 of B.
void pack_b(int lo, int hi, Scratch *s, const PackB *p) {
  int n = p->n, k = p->k, ldb = p->ldb;
  const float *b = p->b;
  for (int i = lo; i < hi; i++) {
    float *o = p->packed + i * p->panel;
    int j = i * NR, w = min(n - j, NR), q = 0;
    if (w == NR && !p->transposed) {
      for (const float *from = b + j; q < k; q++, from += ldb, o += NR) {
        wasm_v128_store(o, wasm_v128_load(from));
        wasm_v128_store(o + 4, wasm_v128_load(from + 4));
      }
    } else if (w == NR) {
      for (; q + 4 <= k; q += 4, o += 4 * NR) {
        UNROLL for (int h = 0; h < NR; h += 4) {
          v128_t v[4];
          UNROLL for (int r = 0; r < 4; r++) v[r] = wasm_v128_load(b + (j + h + r) * ldb + q);
          transpose4(v);
          UNROLL for (int r = 0; r < 4; r++) wasm_v128_store(o + r * NR + h, v[r]);
        }
      }
    }
    for (; q < k; q++, o += NR) {
      for (int r = 0; r < NR; r++) o[r] = r < w ? b[p->transposed ? (j + r) * ldb + q : q * ldb + j + r] : 0;
    }
  }
}

// pack_columns copies columns of A, stored [k, lda], into panels [rows/MR][k][MR], the last one filled up with copies of
// the last column. The depth is the outer loop, so that a cache line of A is read once and not once for each panel.
static void pack_columns(const float *a, int lda, int rows, int k, float *out) {
  for (int q = 0; q < k; q++, a += lda, out += MR) {
    float *o = out;
    int i = 0;
    for (; i + MR <= rows; i += MR, o += MR * k) {  // in two vectors that overlap
      wasm_v128_store(o, wasm_v128_load(a + i));
      wasm_v128_store(o + MR - 4, wasm_v128_load(a + i + MR - 4));
    }
    if (i < rows) for (int r = 0; r < MR; r++) o[r] = a[min(i + r, rows - 1)];
  }
}

// ---- the job ---------------------------------------------------------------------------------------------------------

// gemm computes rows lo to hi-1 of C.
void gemm(int lo, int hi, Scratch *s, const Gemm *g) {
  int n = g->n, k = g->k, lda = g->lda, block = g->transposed ? ROWS / 2 : ROWS;
  int parts = (k + KC - 1) / KC, kc = ((k + parts - 1) / parts + 3) & ~3;  // about even parts of the depth
  set_edge(s);
  for (int p = 0; p < k; p += kc) {
    int len = min(k - p, kc);
    const float *b = g->b + p * NR;
    int add = g->add | (p > 0);
    for (int i0 = lo; i0 < hi; i0 += block) {
      int rows = min(hi - i0, block);
      for (int r = 0; r < rows; r++) s->to[r] = g->c + (i0 + r) * g->ldc;
      if (!g->transposed) {
        for (int r = 0; r < rows; r++) s->row[r] = g->a + (i0 + r) * lda + p;
        multiply_rows(s, rows, n, 1, len, 0, b, k * NR, g->alpha, add);
        continue;
      }
      s->seg[0] = s->panel;
      pack_columns(g->a + p * lda + i0, lda, rows, len, s->panel);
      multiply_columns(s, rows, n, 1, len, MR, len, b, k * NR, g->alpha, add);
    }
  }
}
