"""What test files share: instances, laws, solutions, comparisons, servers, files as other programs write them."""
