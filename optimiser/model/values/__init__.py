"""What values are: kinds with units and limits, models made of plain data, and every fault in them said in one go."""
