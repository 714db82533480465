// Attention, a head of a sequence at a time; Go's core/kernel/attention.go says what it computes.
#include "kernel.h"

typedef struct {
  POINTER(float, qkv);   // [n, length, 3d]
  POINTER(float, p);     // [n, heads, length, length]
  POINTER(float, y);     // [n, length, d]: the result, or its gradient
  POINTER(float, dqkv);  // [n, length, 3d]
  int length, d, heads, causal;
  float scale;
} Attention;

// Room is a thread's memory behind its scratch. Arguments of other jobs lie here, as there is no stack.
typedef struct {
  PackB pack;
  Gemm gemm;
  Vector rows;
  float ds[];  // [length, length], then B packed
} Room;
_Static_assert(sizeof(Room) <= 4 * 128, "Go must know");

// The jobs that are done for each head.
void pack_b(int lo, int hi, Scratch *s, const PackB *p);
void gemm(int lo, int hi, Scratch *s, const Gemm *g);
void softmax(int lo, int hi, Scratch *s, Vector *v);
void softmax_grad(int lo, int hi, Scratch *s, Vector *v);

// A matrix whose rows are ld apart.
#define MATRIX(name) float *name, int ld##name

// product computes C [m, n] = alpha op(A) op(B), or C +=, with a depth of k.
static void product(Scratch *s, float *packed, int m, int n, int k, float alpha, MATRIX(a), int trans_a, MATRIX(b),
                    int trans_b, MATRIX(c), int add) {
  Room *r = (Room *)(s + 1);
  r->pack = (PackB){.b = b, .packed = packed, .n = n, .k = k, .ldb = ldb, .transposed = trans_b, .panel = k * NR};
  pack_b(0, (n + NR - 1) / NR, s, &r->pack);
  r->gemm = (Gemm){.a = a, .b = packed, .c = c, .n = n, .k = k, .lda = lda, .ldc = ldc, .transposed = trans_a,
                   .alpha = alpha, .add = add};
  gemm(0, m, s, &r->gemm);
}

// head does one: its queries are at q, its probabilities at p and its result is at y.
static void head(Scratch *s, const Attention *a, float *q, float *p, float *y) {
  Room *r = (Room *)(s + 1);
  int l = a->length, d = a->d, width = d / a->heads, stride = 3 * d;
  float *k = q + d, *v = k + d, *packed = r->ds + l * l;
  product(s, packed, l, l, width, a->scale, q, stride, 0, k, stride, 1, p, l, 0);
  if (a->causal) {
    for (int t = 0; t < l; t++) for (int u = t + 1; u < l; u++) p[t * l + u] = -__builtin_inff();
  }
  r->rows.x = r->rows.y = p, r->rows.d = l;
  softmax(0, l, s, &r->rows);
  product(s, packed, l, width, l, 1, p, l, 0, v, stride, 0, y, d, 0);
}

static void head_grad(Scratch *s, const Attention *a, float *q, float *p, float *dy) {
  Room *r = (Room *)(s + 1);
  int l = a->length, d = a->d, width = d / a->heads, stride = 3 * d;
  float *k = q + d, *v = k + d, *dq = a->dqkv + (q - a->qkv), *dk = dq + d, *dv = dk + d;
  float *ds = r->ds, *packed = ds + l * l;
  product(s, packed, l, width, l, 1, p, l, 1, dy, d, 0, dv, stride, 1);
  product(s, packed, l, l, width, 1, dy, d, 0, v, stride, 1, ds, l, 0);
  r->rows.x = r->rows.z = ds, r->rows.y = p, r->rows.d = l;
  softmax_grad(0, l, s, &r->rows);
  product(s, packed, l, width, l, a->scale, ds, l, 0, k, stride, 0, dq, stride, 1);
  product(s, packed, l, width, l, a->scale, ds, l, 1, q, stride, 0, dk, stride, 1);
}

#define HEADS(one)                                                                                     \
  for (int i = lo; i < hi; i++) {                                                                      \
    int row = i / a->heads * a->length, column = i % a->heads * (a->d / a->heads);                     \
    one(s, a, a->qkv + row * 3 * a->d + column, a->p + i * a->length * a->length, a->y + row * a->d + column); \
  }
void attention(int lo, int hi, Scratch *s, const Attention *a) { HEADS(head) }
void attention_grad(int lo, int hi, Scratch *s, const Attention *a) { HEADS(head_grad) }
