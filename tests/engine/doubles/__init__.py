"""Stand-ins for Pulumi's provider plugins: the real engine runs whole stages on them, without a cloud.

They accept exactly the properties that the installed SDKs declare, keep what was created in a directory,
refuse to delete what something else still refers to, and log every call. `DOUBLES` names that directory. With
`DOUBLES_FAIL=NAME` or `DOUBLES_FAIL='KIND NAME'`, the first attempt to create that resource fails.
"""
