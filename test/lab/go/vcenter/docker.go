package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// What the lab's TypeScript tells of its machines (SLIPWAY_LAB_MACHINES), so that there is one recipe for both.
type machineRecipe struct {
	// Docker's socket.
	Socket string `json:"socket"`
	// The body of "create container", with {container}, {machine}, {address} and {mac} in it.
	Container json.RawMessage `json:"container"`
	Network   string          `json:"network"`
	Subnet    netip.Prefix    `json:"subnet"`
	Prefix    string          `json:"namePrefix"`
	// Name servers for VMs whose network-config names none.
	ResolvConf string `json:"resolvConf"`
}

type docker struct {
	recipe machineRecipe
	client http.Client
}

func newDocker(recipe machineRecipe) *docker {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", recipe.Socket)
	}
	return &docker{recipe: recipe, client: http.Client{Transport: &http.Transport{DialContext: dial}}}
}

type container struct {
	Name, Machine, Address, Mac string
	// The VM's NIC is not on the lab's network, or has no address there.
	Isolated bool
}

func (d *docker) create(wanted container) error {
	replaced := strings.NewReplacer("{container}", wanted.Name, "{machine}", wanted.Machine, "{address}", wanted.Address, "{mac}", wanted.Mac).
		Replace(string(d.recipe.Container))
	var body map[string]any
	if err := json.Unmarshal([]byte(replaced), &body); err != nil {
		return err
	}
	switch {
	case wanted.Isolated:
		delete(body, "NetworkingConfig")
		delete(body, "MacAddress")
		body["HostConfig"].(map[string]any)["NetworkMode"] = "none"
	case wanted.Address == "":
		for _, endpoint := range body["NetworkingConfig"].(map[string]any)["EndpointsConfig"].(map[string]any) {
			delete(endpoint.(map[string]any), "IPAMConfig")
		}
	}
	return d.ask(http.MethodPost, "/containers/create?name="+url.QueryEscape(wanted.Name), body, nil)
}

func (d *docker) start(name string) error {
	return d.ask(http.MethodPost, "/containers/"+name+"/start", nil, nil)
}

// stop lets the guest shut down in order.
func (d *docker) stop(name string) error {
	return d.ask(http.MethodPost, "/containers/"+name+"/stop", nil, nil)
}

func (d *docker) kill(name string) error {
	return d.ask(http.MethodPost, "/containers/"+name+"/kill", nil, nil)
}

func (d *docker) restart(name string) error {
	return d.ask(http.MethodPost, "/containers/"+name+"/restart", nil, nil)
}

// remove removes it with its volumes. No error when there is none.
func (d *docker) remove(name string) error {
	if err := d.ask(http.MethodDelete, "/containers/"+name+"?force=1&v=1", nil, nil); err != nil && !isGone(err) {
		return err
	}
	var recipe struct {
		HostConfig struct {
			Mounts []struct{ Type, Source string }
		}
	}
	if err := json.Unmarshal(d.recipe.Container, &recipe); err != nil {
		return err
	}
	for _, mount := range recipe.HostConfig.Mounts {
		volume := strings.ReplaceAll(mount.Source, "{container}", name)
		if err := d.ask(http.MethodDelete, "/volumes/"+volume, nil, nil); err != nil && !isGone(err) {
			return err
		}
	}
	return nil
}

// address answers "" for a container that is not running or has no network.
func (d *docker) address(name string) (string, error) {
	var found struct {
		NetworkSettings struct {
			Networks map[string]struct{ IPAddress string }
		}
	}
	err := d.ask(http.MethodGet, "/containers/"+name+"/json", nil, &found)
	return found.NetworkSettings.Networks[d.recipe.Network].IPAddress, err
}

// keepAddress makes the next start take the same address, as a DHCP server gives the same MAC the same one.
func (d *docker) keepAddress(name, address string) error {
	network := "/networks/" + d.recipe.Network
	if err := d.ask(http.MethodPost, network+"/disconnect", map[string]any{"Container": name, "Force": true}, nil); err != nil {
		return err
	}
	endpoint := map[string]any{"IPAMConfig": map[string]any{"IPv4Address": address}}
	return d.ask(http.MethodPost, network+"/connect", map[string]any{"Container": name, "EndpointConfig": endpoint}, nil)
}

func (d *docker) putFiles(name string, files map[string][]byte) error {
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	for file, content := range files {
		if err := writer.WriteHeader(&tar.Header{Name: file, Mode: 0o600, Size: int64(len(content))}); err != nil {
			return err
		}
		if _, err := writer.Write(content); err != nil {
			return err
		}
	}
	if err := writer.Close(); err != nil {
		return err
	}
	return d.send(http.MethodPut, "/containers/"+name+"/archive?path=/", "application/x-tar", &archive, nil)
}

type dockerError struct {
	status int
	text   string
}

func (e dockerError) Error() string { return fmt.Sprintf("Docker: %d: %s", e.status, e.text) }

func isGone(err error) bool {
	refused, ok := err.(dockerError)
	return ok && refused.status == http.StatusNotFound
}

func (d *docker) ask(method, path string, body any, into any) error {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(encoded)
	}
	return d.send(method, path, "application/json", content, into)
}

func (d *docker) send(method, path, kind string, content io.Reader, into any) error {
	request, err := http.NewRequest(method, "http://docker"+path, content)
	if err != nil {
		return err
	}
	if content != nil {
		request.Header.Set("Content-Type", kind)
	}
	answer, err := d.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 400 {
		return dockerError{status: answer.StatusCode, text: strings.TrimSpace(string(text))}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}
