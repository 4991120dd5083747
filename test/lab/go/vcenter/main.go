// Command vcenter is the lab's vCenter: govmomi's simulator behind a gate that makes it stricter and, on demand, broken.
//
// It prints one line of JSON when it is ready (see `ready`), and ends when its standard input does, so that it never
// outlives the test that started it; with -ready-file it writes that line there and stays until it is told to end. The
// password comes in the environment, as everywhere in Slipway: SLIPWAY_LAB_PASSWORD. With SLIPWAY_LAB_MACHINES (see
// `machineRecipe`) the clones of one template become containers.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator" // tags and content library: the REST part
	"github.com/vmware/govmomi/vim25/types"
)

type ready struct {
	URL     string `json:"url"`
	Control string `json:"control"`
	CaPem   string `json:"caPem"`
	// Of the server's certificate, in upper-case hexadecimal with colons.
	Sha256 string `json:"sha256"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "vcenter:", err)
		os.Exit(1)
	}
}

func run() error {
	// A fifth of the time of a listing of ten thousand VMs would be collecting garbage.
	debug.SetGCPercent(400)
	size := sizeFlags()
	user := flag.String("user", "administrator", "who may log in, without the domain")
	readyFile := flag.String("ready-file", "", "where to say that it is ready, for one that nobody waits for")
	domain := flag.String("domain", "vsphere.local", "the domain of the user")
	flag.Parse()
	password := os.Getenv("SLIPWAY_LAB_PASSWORD")
	if password == "" {
		return fmt.Errorf("SLIPWAY_LAB_PASSWORD is not set")
	}

	var machines *docker
	if recipe := os.Getenv("SLIPWAY_LAB_MACHINES"); recipe != "" {
		var parsed machineRecipe
		if err := json.Unmarshal([]byte(recipe), &parsed); err != nil {
			return err
		}
		machines = newDocker(parsed)
	}

	certificates, err := newCertificates()
	if err != nil {
		return err
	}
	model, err := buildInventory(size)
	if err != nil {
		return err
	}
	defer model.Remove()
	service := model.Service
	service.RegisterEndpoints = true
	service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword(*user, password)}
	service.TLS = &tls.Config{
		Certificates: []tls.Certificate{certificates.current()},
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return &tls.Config{Certificates: []tls.Certificate{certificates.current()}, NextProtos: []string{"http/1.1"}}, nil
		},
	}

	logins := newLogins(*user, *domain, password)
	model.Map().SessionManager().ValidLogin = func(login *types.Login) bool {
		return logins.valid(login.UserName, login.Password)
	}
	collectAsVcenter(service.Context)
	privileges := limitPrivileges(service.Context)
	server := service.NewServer()
	defer server.Close()
	guests := newGuests(service.Context, machines)
	template, err := named(service.Context, "VirtualMachine", machineTemplate)
	if err != nil {
		return err
	}
	guests.isMachine(template.Reference())
	service.Context.Map.AddHandler(guests)
	gate := newGate(service.Context, logins, guests, server.Config.Handler)
	server.Config.Handler = gate

	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { _ = http.Serve(control, controlHandler(gate, certificates, privileges)) }()

	return waitForEnd(*readyFile, ready{
		URL:     "https://" + server.Listener.Addr().String() + "/sdk",
		Control: "http://" + control.Addr().String(),
		CaPem:   certificates.caPem,
		Sha256:  certificates.sha256(),
	})
}

func waitForEnd(file string, state ready) error {
	line, err := json.Marshal(state)
	if err != nil {
		return err
	}
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	if file == "" {
		fmt.Println(string(line))
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			end <- syscall.SIGTERM
		}()
	} else if err := writeWhole(file, line); err != nil {
		return err
	}
	<-end
	return nil
}

// writeWhole: who sees the file sees all of it.
func writeWhole(file string, content []byte) error {
	if err := os.WriteFile(file+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// What the rest asks of the simulator's context: it has the registry and a session of its own.
type simulated = *simulator.Context
