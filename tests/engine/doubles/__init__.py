"""Stand-ins for Pulumi's provider plugins: the real engine runs whole stages on them, without a cloud.

They take exactly the properties that the installed SDKs declare, keep what was made in a directory, refuse to
delete what something else still refers to, and write down every call. `DOUBLES` names that directory;
`DOUBLES_FAIL=NAME` or `DOUBLES_FAIL='KIND NAME'` has the first attempt to create that resource fail.
"""
