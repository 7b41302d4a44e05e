"""What the checker is made of besides `checker`: a deployment laid out, and distances measured by itself."""
