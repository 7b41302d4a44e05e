"""Files that lie beside the file of an instance, which names them."""
