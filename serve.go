package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"
)

const defaultAddr = "localhost:8080"

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "serve the playground to a browser on this machine",
		Description: "Everything it serves is inside this program. Ctrl-C ends it.\n\n" + examples(
			"pushpull serve -open",
			"pushpull serve -addr localhost:9000",
			"pushpull serve -addr :8080          # to other machines too"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "addr", Value: defaultAddr, Usage: "listen on `HOST:PORT`; where the default is taken, on the next free port"},
			&cli.BoolFlag{Name: "open", Usage: "open the page in the browser", HideDefault: true},
		},
		Action: serve,
	}
}

// serve answers until it is interrupted.
func serve(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	site, err := playground()
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	listener, err := listen(c.String("addr"), c.IsSet("addr"))
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           site,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      10 * time.Minute, // some megabytes over a slow line
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(c.Root().ErrWriter, "", 0),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()

	address, local := pageAddress(listener.Addr())
	if !local {
		fmt.Fprintln(c.Root().ErrWriter, "Other machines can reach this server. Without https, browsers there train on one thread.")
	}
	if c.Bool("open") {
		if err := openBrowser(address); err != nil {
			fmt.Fprintf(c.Root().ErrWriter, "No browser could be opened (%v).\n", err)
		}
	}
	fmt.Fprintf(c.Root().Writer, "Pushpull is at %s\n", address)

	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stop() // a second Ctrl-C ends at once
	leave, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := server.Shutdown(leave); err != nil {
		return server.Close() // a download was still going on
	}
	return nil
}

// listen listens on addr. Unless addr was asked for, a taken port gives way to the next free one.
func listen(addr string, asked bool) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		return l, nil
	}
	host, port, split := net.SplitHostPort(addr)
	number, numeric := strconv.Atoi(port)
	if split != nil || numeric != nil || !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, windowsInUse) {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return nil, withHint(fmt.Errorf("the address %q cannot be listened on: %w", addr, err), "give a host of this machine and a port from 1024 to 65535, such as %s", defaultAddr)
	}
	if asked {
		return nil, withHint(fmt.Errorf("port %s is taken by another program", port), "give another port, such as -addr %s", net.JoinHostPort(host, strconv.Itoa(number+1)))
	}
	for next := number + 1; next < number+100; next++ {
		if l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(next))); err == nil {
			return l, nil
		}
	}
	return nil, withHint(fmt.Errorf("port %s and the hundred after it are taken", port), "give another one with -addr")
}

// windowsInUse is WSAEADDRINUSE, which Windows says instead of EADDRINUSE; no other system has an error of this number.
const windowsInUse = syscall.Errno(10048)

// pageAddress returns the page's URL, and whether it is of use on this machine alone.
func pageAddress(at net.Addr) (url string, local bool) {
	host, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return "http://" + at.String(), false
	}
	ip := net.ParseIP(host)
	if ip.IsLoopback() || ip.IsUnspecified() {
		return "http://localhost:" + port, ip.IsLoopback()
	}
	return "http://" + net.JoinHostPort(host, port), false
}

// openBrowser shows the address in the user's browser.
func openBrowser(address string) error {
	switch runtime.GOOS {
	case "darwin":
		return exec.Command("open", address).Start()
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", address).Start()
	}
	return exec.Command("xdg-open", address).Start()
}
