// Package inchromium runs Go programs in headless Chromium as the page runs its trainer: in a worker, with the C kernels
// of core/kernel/wasm. Tests and benchmarks stand on it.
package inchromium
