"""What is wrong with a machine, its disks, its clock or the database: noticed and said."""
