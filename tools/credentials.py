"""Who the user is to AWS, asked before an engine works for minutes in vain."""

from tools.errors import UserError

WAYS = """
    with a browser       aws login
                         or: aws configure sso, and AWS_PROFILE=<its profile> in the environment
    with keys            AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment
                         (and AWS_SESSION_TOKEN, when they are temporary)
    without an account   {without}"""


def require(region: str, without: str) -> str:
    """Return which account and identity the user's credentials open; look where every AWS tool looks.

    Args:
        region: whose endpoint is asked.
        without: how to do the same without an account.

    Raises:
        UserError: there are none, they are not accepted any more, or AWS cannot be asked.
    """
    from botocore import exceptions as refused
    from botocore.config import Config
    from botocore.session import Session

    ways = WAYS.format(without=without)
    session = Session()
    patience = Config(connect_timeout=10, read_timeout=20, retries={"total_max_attempts": 2})
    try:
        if session.get_credentials() is None:
            raise UserError("No AWS credentials were found.", f"give some in one of these ways{ways}")
        identity = session.create_client("sts", region_name=region, config=patience).get_caller_identity()
    except refused.ProfileNotFound:
        known = ", ".join(session.available_profiles) or "none"
        raise UserError(
            f"There is no AWS profile {session.profile}; your files have: {known}.",
            "set AWS_PROFILE to one of them, or unset it; aws configure sso makes a new one",
        ) from None
    except refused.MissingDependencyException:
        return "AWS credentials by aws login"  # the engine's provider knows how, botocore alone does not
    except refused.ConfigParseError as error:
        raise UserError(f"Your AWS files cannot be read: {error}", "fix the file that is named") from None
    except refused.PartialCredentialsError as error:
        raise UserError(
            f"Your AWS credentials are half there: {error}", "set both AWS_ACCESS_KEY_ID and its secret"
        ) from None
    except (refused.SSOError, refused.TokenRetrievalError, refused.LoginError) as error:
        command = "aws login" if isinstance(error, refused.LoginError) else "aws sso login"
        profile = f" --profile {session.profile}" if session.profile else ""
        raise UserError(f"Your AWS session is over: {error}", f"sign in again: {command}{profile}") from None
    except refused.CredentialRetrievalError as error:
        raise UserError(
            f"Your AWS credentials could not be fetched: {error}", f"fix that, or{ways}"
        ) from None
    except refused.ClientError as error:
        raise UserError(
            f"AWS does not accept your credentials ({error.response['Error']['Code']}: "
            f"{error.response['Error']['Message']}).",
            f"they may have expired or been withdrawn; give new ones{ways}",
        ) from None
    except (refused.HTTPClientError, refused.ConnectionError) as error:
        raise UserError(
            f"AWS could not be asked about your credentials: {error}",
            f"see whether this machine reaches the Internet; without it: {without}",
        ) from None
    return f"AWS account {identity['Account']} as {identity['Arn']}, region {region}"
