-- As before (0014), but "nothing is left to do" is only believed of a booking that still is confirmed: whoever says it
-- had read the booking before asking the provider, and its buyer may have cancelled it meanwhile. Then the mark that
-- the cancellation made (0014, 0095) was lost, and the money never went back.
CREATE OR REPLACE FUNCTION record_payment(
  p_booking uuid, p_attempt integer, p_reference text, p_status text, p_in interval, p_request text
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_payment payments%ROWTYPE;
  v_in interval := p_in;
BEGIN
  SELECT * INTO v_payment FROM payments WHERE booking_id = p_booking FOR UPDATE;
  IF NOT FOUND OR v_payment.attempt <> p_attempt OR v_payment.reference <> p_reference
     OR v_payment.status IN ('declined', 'voided', 'refunded')
     OR (v_payment.status = 'captured' AND p_status IN ('open', 'authorised'))
     OR (v_payment.status = 'voiding' AND p_status NOT IN ('voided', 'refunded')) THEN
    RETURN false;
  END IF;
  -- Whoever ends a booking locks the row above first, so that this is read after it, or its mark is made after this.
  IF p_in IS NULL AND p_status = 'captured'
     AND EXISTS (SELECT FROM bookings WHERE id = p_booking AND status <> 'confirmed') THEN
    v_in := interval '0';
  END IF;
  UPDATE payments
  SET reference = COALESCE(p_reference, reference), status = p_status, changed_at = clock_timestamp(),
      next_at = clock_timestamp() + v_in, tries = CASE WHEN status = p_status THEN tries ELSE 0 END
  WHERE booking_id = p_booking;
  IF v_payment.status = p_status THEN RETURN true; END IF;
  IF p_status IN ('voided', 'refunded') THEN
    UPDATE bookings SET payment_status = p_status
    WHERE id = p_booking AND payment_reference = COALESCE(p_reference, v_payment.reference) AND status <> 'confirmed';
  END IF;
  IF p_status <> 'open' THEN
    -- A card that was refused before anything was booked; `payment.declined` undoes a confirm.
    PERFORM record_payment_change(
      CASE p_status WHEN 'declined' THEN 'payment.refused' ELSE 'payment.' || p_status END,
      p_booking, p_request, p_attempt, COALESCE(p_reference, v_payment.reference));
  END IF;
  RETURN true;
END $$;
