"""What the `dev` stage needs: the BookStore as a process on this machine, block by block."""
