"""The tests of the OpenAI Agents SDK as they are."""
