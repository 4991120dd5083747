package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// What cloud-init of a VM would find: on the CD in its drive, else in guestinfo.
type bootMedia struct {
	userData, metaData, networkConfig []byte
}

// readBootMedia answers nil, and why, where cloud-init would find nothing.
func readBootMedia(ctx simulated, vm *simulator.VirtualMachine, devices []types.BaseVirtualDevice, extra []types.BaseOptionValue) (*bootMedia, string) {
	file := isoOf(devices)
	if file == "" {
		return fromGuestinfo(vm.Config.InstanceUuid, extra)
	}
	var at object.DatastorePath
	if !at.FromString(file) {
		return nil, "its CD is " + file
	}
	datastore, ok := ctx.Map.FindByName(at.Datastore, datacenterOf(ctx, vm).Datastore).(*simulator.Datastore)
	if !ok {
		return nil, "there is no datastore " + at.Datastore
	}
	return readIso(path.Join(datastore.Summary.Url, at.Path))
}

// isoOf answers the ISO of the first drive that is connected at power-on.
func isoOf(devices []types.BaseVirtualDevice) string {
	for _, device := range devices {
		drive, ok := device.(*types.VirtualCdrom)
		if !ok || drive.Connectable == nil || !drive.Connectable.StartConnected {
			continue
		}
		if backing, ok := drive.Backing.(*types.VirtualCdromIsoBackingInfo); ok && backing.FileName != "" {
			return backing.FileName
		}
	}
	return ""
}

// readIso reads with bsdtar: nothing of ours decides what is on it.
func readIso(file string) (*bootMedia, string) {
	label, err := volumeLabel(file)
	if err != nil {
		return nil, err.Error()
	}
	if !strings.EqualFold(label, "cidata") {
		return nil, fmt.Sprintf("the CD's label is %q", label)
	}
	limited, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var problem bytes.Buffer
	command := exec.CommandContext(limited, "bsdtar", "-cf", "-", "@"+file) // the ISO as a tar
	command.Stderr = &problem
	content, err := command.Output()
	if err != nil {
		return nil, fmt.Sprintf("%s: %v: %s", path.Base(file), err, strings.TrimSpace(problem.String()))
	}
	files, err := filesOf(content)
	if err != nil {
		return nil, fmt.Sprintf("%s: %v", path.Base(file), err)
	}
	for _, name := range []string{"user-data", "meta-data"} {
		if files[name] == nil {
			return nil, fmt.Sprintf("%s is not on %s", name, path.Base(file))
		}
	}
	return &bootMedia{files["user-data"], files["meta-data"], files["network-config"]}, "" // the last may be left out
}

// filesOf answers what is in a tar, by name.
func filesOf(archive []byte) (map[string][]byte, error) {
	files := map[string][]byte{}
	for reader := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := reader.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if files[strings.TrimPrefix(header.Name, "./")], err = io.ReadAll(reader); err != nil {
			return nil, err
		}
	}
}

// volumeLabel is in the primary volume descriptor: ECMA-119, 8.4.
func volumeLabel(file string) (string, error) {
	opened, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer opened.Close()
	descriptor := make([]byte, 2048)
	if _, err := opened.ReadAt(descriptor, 16*2048); err != nil {
		return "", fmt.Errorf("%s is too short for an ISO", path.Base(file))
	}
	if string(descriptor[1:6]) != "CD001" || descriptor[0] != 1 {
		return "", fmt.Errorf("%s is not an ISO", path.Base(file))
	}
	return strings.TrimRight(string(descriptor[40:72]), " \x00"), nil
}

func fromGuestinfo(instance string, extra []types.BaseOptionValue) (*bootMedia, string) {
	values := map[string]string{}
	for _, option := range extra {
		value := option.GetOptionValue()
		if name, ours := strings.CutPrefix(value.Key, "guestinfo."); ours {
			values[name] = fmt.Sprint(value.Value)
		}
	}
	if values["userdata"] == "" && values["metadata"] == "" {
		return nil, "it has neither a CD nor guestinfo"
	}
	userData, err := decode(values["userdata"], values["userdata.encoding"])
	if err != nil {
		return nil, "guestinfo.userdata: " + err.Error()
	}
	metaData, err := decode(values["metadata"], values["metadata.encoding"])
	if err != nil {
		return nil, "guestinfo.metadata: " + err.Error()
	}
	all := map[string]any{}
	if err := yaml.Unmarshal(metaData, &all); err != nil {
		return nil, "guestinfo.metadata: " + err.Error()
	}
	// The datasource for VMware has the network in meta-data, NoCloud in a file of its own.
	media := &bootMedia{userData: userData}
	switch network := all["network"].(type) {
	case string:
		encoding, _ := all["network.encoding"].(string)
		if media.networkConfig, err = decode(network, encoding); err != nil {
			return nil, "network of guestinfo.metadata: " + err.Error()
		}
	case map[string]any:
		media.networkConfig, _ = yaml.Marshal(map[string]any{"network": network})
	}
	delete(all, "network")
	delete(all, "network.encoding")
	if all["instance-id"] == nil {
		all["instance-id"] = instance
	}
	media.metaData, err = yaml.Marshal(all)
	if err != nil {
		return nil, err.Error()
	}
	return media, ""
}

func decode(text, encoding string) ([]byte, error) {
	switch encoding {
	case "":
		return []byte(text), nil
	case "base64", "b64":
		return base64.StdEncoding.DecodeString(text)
	case "gzip+base64", "gz+b64":
		packed, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		reader, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(reader)
	}
	return nil, fmt.Errorf("the encoding %q is unknown", encoding)
}
