"""What the client needs of the world, once on asyncio and once on threads."""
