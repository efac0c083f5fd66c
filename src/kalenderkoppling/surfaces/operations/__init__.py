"""What operators and their programs watch: is it alive, is it ready, figures."""
