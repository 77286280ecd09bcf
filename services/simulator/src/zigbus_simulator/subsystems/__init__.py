"""The MT commands, one module for each subsystem: a table from command number to the function that carries it out.

Each function takes the coordinator and the request, and returns the payload of the response. A request that is cut
short is a ParseError, which the coordinator answers with INVALID_PARAMETER.
"""
