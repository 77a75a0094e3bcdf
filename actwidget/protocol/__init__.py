"""What the page asks for and is sent: requests, pictures, their encoding, archives."""
