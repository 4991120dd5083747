// Command echo answers HTTP with the name of the machine or pod it runs in, and is the client that checks such answers.
//
//	echo serve [ADDRESS]                      default :8080
//	echo get URL [--until-ok 30s] [--want S]  prints the first good answer; fails when there was none in time
//
// "Good" means status 200 and, with --want, a body that contains S: on some build machines a connection to any address
// at all succeeds, so only a known answer proves that the right server gave it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "echo:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		args = []string{"serve"}
	}
	switch args[0] {
	case "serve":
		return serve(append(args[1:], ":8080")[0])
	case "get":
		return get(args[1:])
	}
	return fmt.Errorf("unknown command %q: say serve or get", args[0])
}

func serve(address string) error {
	name, err := os.Hostname()
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	server := &http.Server{Addr: address, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s from %s\n", name, r.URL.Path, r.RemoteAddr)
	})}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func get(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("get needs a URL")
	}
	flags := flag.NewFlagSet("get", flag.ContinueOnError)
	patience := flags.Duration("until-ok", 0, "try again until it is good or this much time has passed")
	want := flags.String("want", "", "text that the answer must contain")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	// A new connection per try: a kept one would go on talking to an endpoint that is no longer behind the service.
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	deadline := time.Now().Add(*patience)
	for {
		body, err := fetch(client, args[0], *want)
		if err == nil {
			fmt.Print(body)
			return nil
		}
		if time.Now().After(deadline) {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func fetch(client *http.Client, url, want string) (string, error) {
	answer, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
		return "", fmt.Errorf("%s: %q", answer.Status, body)
	}
	return string(body), nil
}
