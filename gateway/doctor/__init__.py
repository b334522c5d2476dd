"""Looks at a deployment and says what is wrong with it and what to change (`agentgateway doctor`). Changes nothing."""
