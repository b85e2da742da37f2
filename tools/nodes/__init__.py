"""Several machines on this one: network namespaces, power cuts, a database that fails over. See script/nodes."""
