# Pushpull. `make run` needs Go, git and make; `make test` also Chromium; `make check` also clang-19, lld-19 and
# qemu-user.

export CGO_ENABLED = 0
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
WASM = GOOS=js GOARCH=wasm

.PHONY: build run test race check arm64 generated bench clean

# build leaves ./pushpull, which carries the page and MNIST.
build:
	go run ./tools/assets
	go build -trimpath -o pushpull .

run: build
	./pushpull serve

# The race detector needs a C compiler; it watches the packages that start goroutines. Under it a sync.Pool forgets at
# random, so counting allocations is left to the run without it, and so are two long tests of figures.
test:
	go run ./tools/assets
	go test -timeout=30m -shuffle=on ./...
	$(if $(shell command -v gcc),$(MAKE) race,@echo 'No gcc, so the race detector is left out.')

race:
	CGO_ENABLED=1 go test -race -short -shuffle=on -skip='Allocat|FiguresAreWhat|CanBeLookedAt' ./core/kernel ./core/data ./core/train ./wasm/session

check: generated
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "run gofmt -w on $$unformatted"; exit 1; }
	go vet ./...
	$(WASM) go vet -tags=wasmkernel ./core/... ./algos ./viz/... ./wasm/...
	GOARCH=arm64 go vet ./...
	GOOS=darwin GOARCH=arm64 go build -o /dev/null .
	GOOS=windows GOARCH=amd64 go vet ./...
	GOOS=windows GOARCH=amd64 go build -o /dev/null .
	go run $(STATICCHECK) ./...
	go mod verify
	$(MAKE) arm64

# The assembly for arm64, and what builds on it, on an emulated processor.
arm64:
	GOOS=linux GOARCH=arm64 go test -short -exec qemu-aarch64 ./core/kernel ./core/ad ./core/train

# What is generated and committed is what its source gives today.
generated:
	go generate ./core/kernel
	$(MAKE) -B -C core/kernel/wasm
	git diff --exit-code -- core/kernel

bench:
	go run ./tools/bench

clean:
	rm -rf pushpull .build static/build
