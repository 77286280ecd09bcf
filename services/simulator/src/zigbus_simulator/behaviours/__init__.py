"""What devices do with cluster-specific commands: one module for each family of clusters; `commands` knows them all."""
