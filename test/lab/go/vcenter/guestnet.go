package main

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/vmware/govmomi/vim25/types"
)

// What network-config, version 2, says of one NIC.
type nicConfig struct {
	// Valid for a static one.
	address netip.Prefix
	dhcp    bool
	dns     []string
}

type ethernets struct {
	Version   int `yaml:"version"`
	Ethernets map[string]struct {
		Match struct {
			Mac  string `yaml:"macaddress"`
			Name string `yaml:"name"`
		} `yaml:"match"`
		Dhcp4       bool     `yaml:"dhcp4"`
		Addresses   []string `yaml:"addresses"`
		Nameservers struct {
			Addresses []string `yaml:"addresses"`
		} `yaml:"nameservers"`
	} `yaml:"ethernets"`
}

// nicConfigs answers one for each MAC; nil for a NIC that the guest would leave without an address. Without any
// network-config cloud-init asks DHCP on the first one.
func nicConfigs(media *bootMedia, macs []string) ([]*nicConfig, error) {
	configs := make([]*nicConfig, len(macs))
	if media == nil {
		return configs, nil
	}
	if len(media.networkConfig) == 0 {
		if len(configs) > 0 {
			configs[0] = &nicConfig{dhcp: true}
		}
		return configs, nil
	}
	var wrapped struct {
		Network *ethernets `yaml:"network"`
	}
	var found ethernets
	if err := yaml.Unmarshal(media.networkConfig, &wrapped); err != nil {
		return configs, err
	}
	if wrapped.Network != nil {
		found = *wrapped.Network
	} else if err := yaml.Unmarshal(media.networkConfig, &found); err != nil {
		return configs, err
	}
	if found.Version != 2 {
		return configs, fmt.Errorf("version %d of network-config", found.Version)
	}
	for id, wanted := range found.Ethernets {
		at := slices.IndexFunc(macs, func(mac string) bool { return strings.EqualFold(mac, wanted.Match.Mac) })
		if wanted.Match.Mac == "" {
			at = byName(len(macs), id, wanted.Match.Name)
		}
		if at < 0 {
			continue // no such NIC: the guest waits for it in vain
		}
		config := &nicConfig{dhcp: wanted.Dhcp4, dns: wanted.Nameservers.Addresses}
		for _, text := range wanted.Addresses {
			prefix, err := netip.ParsePrefix(text)
			if err != nil {
				return configs, err
			}
			if prefix.Addr().Is4() && !config.address.IsValid() {
				config.address = prefix
			}
		}
		configs[at] = config
	}
	return configs, nil
}

// byName: how Linux calls the NICs of a VM.
func byName(count int, id, pattern string) int {
	names := []string{"ens192", "ens224", "ens256", "ens161"}
	for at := range min(count, len(names)) {
		matched, _ := path.Match(pattern, names[at])
		if names[at] == id || pattern != "" && matched {
			return at
		}
	}
	return -1
}

type nic struct {
	mac, network string
	key          int32
}

func nicsOf(devices []types.BaseVirtualDevice, networkName func(types.BaseVirtualDeviceBackingInfo) string) []nic {
	var nics []nic
	for _, device := range devices {
		if card, ok := device.(types.BaseVirtualEthernetCard); ok {
			it := card.GetVirtualEthernetCard()
			nics = append(nics, nic{mac: strings.ToLower(it.MacAddress), network: networkName(it.Backing), key: it.Key})
		}
	}
	// An edited device is put last by the simulator; guests see them in the order of their keys.
	slices.SortFunc(nics, func(a, b nic) int { return int(a.key - b.key) })
	return nics
}

func hostNameOf(media *bootMedia) string {
	if media == nil {
		return ""
	}
	var known struct {
		Local string `yaml:"local-hostname"`
		Other string `yaml:"hostname"`
	}
	_ = yaml.Unmarshal(media.metaData, &known)
	if known.Local == "" {
		return known.Other
	}
	return known.Local
}
