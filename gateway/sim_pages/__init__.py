"""The pages of the admin listener by which an operator plays the customers of the contact centre: `/sim`."""
